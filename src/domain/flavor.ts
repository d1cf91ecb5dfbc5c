import { closestFirst } from './closest.ts'
import type { ImageNeeds } from './image.ts'
import { Problem } from './problem.ts'

/** A flavor of one cloud: what a VM of it has. */
export interface Flavor {
  id: string
  name: string
  vcpus: number
  ramMb: number
  /** Root disk. 0: as large as the image, which clouds refuse to ordinary users, or a volume. */
  diskGb: number
  /** Scratch disk, gone with the VM. 0: none. */
  ephemeralGb: number
  gpus?: number
}

/** What jobs need of a VM, where no flavor is named. */
export interface FlavorNeeds {
  cpus?: number
  memoryMb?: number
  scratchGb?: number
  gpus?: number
}

/** What a site says of the flavors of one of its clouds. */
export interface FlavorRules {
  /** Names or ids that the site does not offer on this cloud. */
  excluded?: readonly string[]
  /** Whether VMs of flavors without root disk boot from a volume there, which is as large as the image needs. */
  bootVolume?: boolean
}

export interface FlavorOptions extends FlavorRules {
  /** The image that must fit. */
  image?: ImageNeeds
  /** For messages. */
  cloud?: string
}

/** Why a flavor was not taken; absent: it was, or would do. */
export interface ConsideredFlavor {
  flavor: Flavor
  refusal?: string
}

const mostShown = 12

/**
 * The flavor that was named, by id (of any form: UUID, number, word) or by exact name.
 * @throws Problem `FlavorUnknown`, `FlavorAmbiguous`, `FlavorExcluded`, `FlavorTooSmall`
 */
export function chooseFlavor(flavors: readonly Flavor[], wanted: string, options: FlavorOptions = {}): Flavor {
  const where = placeOf(options)
  const byId = flavors.filter((flavor) => flavor.id === wanted)
  const found = byId.length > 0 ? byId : flavors.filter((flavor) => flavor.name === wanted)
  const [flavor] = found
  if (flavor === undefined) {
    const offered = flavors.filter((one) => !isExcluded(one, options) && refusalFor(one, {}, options) === undefined)
    throw new Problem({
      code: 'FlavorUnknown',
      kind: 'not-found',
      message: `there is no flavor ${JSON.stringify(wanted)}`,
      ...where,
      next: 'Choose one of these, the closest first.',
      details: closestFirst(
        wanted,
        offered.map((one) => one.name),
      )
        .slice(0, mostShown)
        .map((name) => describe(flavors, name)),
    })
  }
  if (found.length > 1) {
    throw new Problem({
      code: 'FlavorAmbiguous',
      kind: 'usage',
      message: `${found.length} flavors are called ${JSON.stringify(wanted)}`,
      ...where,
      next: 'Name one by its id.',
      details: found.map((one) => `${one.id}  ${sizesOf(one)}`),
    })
  }
  if (isExcluded(flavor, options)) {
    throw new Problem({
      code: 'FlavorExcluded',
      kind: 'usage',
      message: `the flavor ${flavor.name} is not offered for batch jobs`,
      ...where,
      next: 'Choose another flavor.',
    })
  }
  const refusal = refusalFor(flavor, {}, options)
  if (refusal !== undefined) {
    throw new Problem({
      code: 'FlavorTooSmall',
      kind: 'usage',
      message: `the flavor ${flavor.name} cannot boot this image: ${refusal}`,
      ...where,
      next: 'Choose one of these.',
      details: considerFlavors(flavors, {}, options)
        .filter((one) => one.refusal === undefined)
        .slice(0, mostShown)
        .map((one) => `${one.flavor.name}  ${sizesOf(one.flavor)}`),
    })
  }
  return flavor
}

/**
 * The smallest flavor that meets the needs and holds the image.
 * @throws Problem `NoFlavorFits`, with the reason for each
 */
export function smallestFlavor(flavors: readonly Flavor[], needs: FlavorNeeds, options: FlavorOptions = {}): Flavor {
  const considered = considerFlavors(flavors, needs, options)
  const fitting = considered.find((one) => one.refusal === undefined)
  if (fitting !== undefined) return fitting.flavor
  throw new Problem({
    code: 'NoFlavorFits',
    kind: 'not-found',
    message: 'no flavor meets what the jobs need',
    ...placeOf(options),
    next: 'Ask for less in the submit file (request_cpus, request_memory, request_disk), or name a flavor.',
    details: considered.map((one) => `${one.flavor.name}: ${one.refusal ?? ''}`),
  })
}

/** Every flavor, smallest first, with the reason why it cannot be taken. The order is total: the same answer at every call. */
export function considerFlavors(
  flavors: readonly Flavor[],
  needs: FlavorNeeds,
  options: FlavorOptions = {},
): ConsideredFlavor[] {
  return flavors.toSorted(bySize).map((flavor) => {
    const refusal = isExcluded(flavor, options) ? 'not offered for batch jobs' : refusalFor(flavor, needs, options)
    return { flavor, ...(refusal === undefined ? {} : { refusal }) }
  })
}

function bySize(a: Flavor, b: Flavor): number {
  const sizes = (one: Flavor): number[] => [one.gpus ?? 0, one.vcpus, one.ramMb, one.ephemeralGb, one.diskGb]
  const other = sizes(b)
  for (const [index, size] of sizes(a).entries()) {
    const difference = size - (other[index] ?? 0)
    if (difference !== 0) return difference
  }
  return a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1
}

function short(what: string, has: number, wants: number, unit: string): string[] {
  return has >= wants ? [] : [`${what} ${has}${unit} of ${wants}${unit}`]
}

function refusalFor(flavor: Flavor, needs: FlavorNeeds, { image, bootVolume }: FlavorOptions): string | undefined {
  const rootGb = image === undefined ? 0 : Math.max(image.minDiskGb, Math.ceil(image.bytes / 1024 ** 3))
  const reasons = [
    ...(flavor.diskGb === 0 && bootVolume !== true
      ? [
          'it has no root disk of its own, which the cloud refuses for a VM booted from an image; the administrator of this ' +
            'site can let such VMs boot from a volume (bootVolume of the cloud in its configuration)',
        ]
      : []),
    ...short('GPUs', flavor.gpus ?? 0, needs.gpus ?? 0, ''),
    ...short('cpus', flavor.vcpus, needs.cpus ?? 0, ''),
    ...short('memory', flavor.ramMb, Math.max(needs.memoryMb ?? 0, image?.minRamMb ?? 0), ' MB'),
    ...short('scratch disk', flavor.ephemeralGb, needs.scratchGb ?? 0, ' GB'),
    ...(flavor.diskGb === 0 ? [] : short('root disk', flavor.diskGb, rootGb, ' GB')),
  ]
  return reasons.length === 0 ? undefined : reasons.join('; ')
}

export function isExcluded(flavor: Flavor, { excluded = [] }: FlavorRules): boolean {
  return excluded.includes(flavor.name) || excluded.includes(flavor.id)
}

function placeOf({ cloud }: FlavorOptions): { where?: string } {
  return cloud === undefined ? {} : { where: `cloud ${cloud}` }
}

function sizesOf(flavor: Flavor): string {
  const scratch = flavor.ephemeralGb === 0 ? 'no scratch disk' : `${flavor.ephemeralGb} GB scratch`
  return `${flavor.vcpus} cpus, ${flavor.ramMb} MB, ${flavor.diskGb} GB root, ${scratch}`
}

function describe(flavors: readonly Flavor[], name: string): string {
  const flavor = flavors.find((one) => one.name === name)
  return flavor === undefined ? name : `${name}  ${sizesOf(flavor)}`
}
