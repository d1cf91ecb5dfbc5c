import { chooseFlavor, smallestFlavor, type Flavor, type FlavorRules } from './flavor.ts'
import { chooseImage, type Image, type ImageNeeds } from './image.ts'
import { Problem } from './problem.ts'
import type { ResourceRequest } from './submit/report.ts'

/** What one cloud has for a user: the images that they see there, and the flavors that worker VMs may have. */
export interface CloudOffer extends FlavorRules {
  cloud: string
  /** Name and id of the user's project there. */
  project: string
  projectId: string
  images: Image[]
  flavors: Flavor[]
}

export interface Wanted {
  image: string | undefined
  /** Without one, the smallest flavor that meets the resources. */
  flavor: string | undefined
  resources: ResourceRequest
}

/** One cloud on which a submission's VMs may run. */
export interface Choice {
  cloud: string
  image: { id: string; name: string; project: string; visibility: string }
  flavor: { id: string; name: string; cores: number; ramMb: number; diskGb: number; ephemeralGb: number }
}

/** What a cloud can do for the submission, or why it can do nothing. */
export type Tried = { choice: Choice } | { problem: Problem }

export function chooseOnCloud(offer: CloudOffer, wanted: Wanted): Tried {
  const { cloud, project } = offer
  try {
    if (wanted.image === undefined) {
      throw new Problem({
        code: 'ImageNotNamed',
        kind: 'usage',
        message: 'no VM image is named',
        next: 'Name one after the submit file, or with a line +VMImage = "…" in it.',
      })
    }
    const image = chooseImage(wholeOnes(offer, wanted.image), wanted.image, cloud)
    const flavor = flavorOn(offer, wanted, image)
    const { id, name, visibility } = image
    return { choice: { cloud, image: { id, name, project, visibility }, flavor: chosenFlavor(flavor) } }
  } catch (error) {
    if (error instanceof Problem) return { problem: error }
    throw error
  }
}

/** The flavor of VMs of an image there. @throws Problem if none will do */
export function flavorOn(offer: CloudOffer, { flavor, resources }: Wanted, image: ImageNeeds): Flavor {
  const options = { ...offer, image }
  return flavor === undefined
    ? smallestFlavor(offer.flavors, needsOf(resources), options)
    : chooseFlavor(offer.flavors, flavor, options)
}

export const chosenFlavor = ({ id, name, vcpus: cores, ramMb, diskGb, ephemeralGb }: Flavor): Choice['flavor'] => ({
  id,
  name,
  cores,
  ramMb,
  diskGb,
  ephemeralGb,
})

/** Without the copies that are on their way: each has the name of its image long before it has the data. */
function wholeOnes({ cloud, images }: CloudOffer, wanted: string): Image[] {
  const whole = images.filter(({ unfinishedCopy }) => unfinishedCopy !== true)
  const isWanted = ({ id, name }: Image): boolean => id === wanted || name === wanted
  if (!whole.some(isWanted) && images.some(isWanted)) {
    throw new Problem({
      code: 'ImageBeingCopied',
      kind: 'unreachable',
      where: `cloud ${cloud}`,
      message: `the copy of the image ${wanted} there does not have all its data yet`,
      next: `canfar-batch image replicate ${wanted} --to ${cloud} --wait shows how far it is; submit again when it is there.`,
    })
  }
  return whole
}

/** A cloud without the image, or with a copy that is on its way, or one that is down, is no problem as long as another will do; anything else that is wrong is said. */
const passable = new Set(['ImageUnknown', 'ImageBeingCopied', 'CloudUnreachable'])

/** Nor is a cloud that has the image and no VM for it, if a copy elsewhere is the only way. */
const passableForCopies = new Set([
  ...passable,
  'FlavorUnknown',
  'FlavorAmbiguous',
  'FlavorExcluded',
  'FlavorTooSmall',
  'NoFlavorFits',
])

/**
 * The clouds on which the submission may run.
 *
 * @param copies whether it may run on others as soon as they have a copy of the image
 * @throws Problem the first that is not passable; if no cloud will do, that one is down, or that a copy is on its way, or else that
 * the image is nowhere
 */
export function settleChoices(tried: readonly Tried[], copies = false): Choice[] {
  const problems = problemsOf(tried)
  const choices = tried.flatMap((one) => ('choice' in one ? [one.choice] : []))
  const passes = copies && choices.length === 0 ? passableForCopies : passable
  const serious = problems.find(({ data }) => !passes.has(data.code))
  if (serious !== undefined) throw serious
  if (choices.length > 0 || copies) return choices
  for (const code of ['CloudUnreachable', 'ImageBeingCopied']) {
    const passing = problems.find(({ data }) => data.code === code)
    if (passing !== undefined) throw passing
  }
  throw nowhere(problems) ?? new Problem({ code: 'NoCloud', kind: 'auth', message: 'there is no cloud to ask' })
}

/** What the user should know although the submission goes on. */
export function warningsOf(tried: readonly Tried[]): string[] {
  return problemsOf(tried)
    .filter(({ data }) => data.code !== 'ImageUnknown')
    .map(({ message }) => `${message}; these jobs will not run there`)
}

const problemsOf = (tried: readonly Tried[]): Problem[] =>
  tried.flatMap((one) => ('problem' in one ? [one.problem] : []))

/** One problem for all clouds that lack the image. */
function nowhere(problems: readonly Problem[]): Problem | undefined {
  const [first, ...others] = problems
  if (first === undefined || others.length === 0) return first
  return new Problem({
    ...first.data,
    where: problems.flatMap(({ data }) => data.where ?? []).join(', '),
    details: [...new Set(problems.flatMap(({ data }) => data.details ?? []))],
  })
}

function needsOf({ cpus, memoryMb, diskKb }: ResourceRequest) {
  return {
    ...(cpus === undefined ? {} : { cpus }),
    ...(memoryMb === undefined ? {} : { memoryMb }),
    ...(diskKb === undefined ? {} : { scratchGb: Math.ceil(diskKb / 1024 ** 2) }),
  }
}
