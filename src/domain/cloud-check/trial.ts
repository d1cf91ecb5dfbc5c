import { failed, passed, type Check } from '../check.ts'
import type { Flavor } from '../flavor.ts'
import type { Image } from '../image.ts'

/** The server that a cloud is tried with. */
export interface TrialOrder {
  name: string
  image: Image
  flavor: Flavor
  metadata: Readonly<Record<string, string>>
  /** Name of the network that it is plugged into. */
  network: string
  /** Names. */
  securityGroups: readonly string[]
  keyName?: string | undefined
  availabilityZone?: string | undefined
  configDrive: boolean
  /** Of the volume that it boots from, if it does, GB. */
  volumeGb?: number | undefined
}

/** What the cloud shows of it. */
export interface TrialServer {
  metadata: Readonly<Record<string, string>>
  imageId: string | null
  flavor: { id: string | null; name: string | null } | null
  addresses: readonly { network: string; address: string; type: 'fixed' | 'floating' }[]
  securityGroups: readonly string[]
  keyName: string | null
  availabilityZone: string | null
  configDrive: boolean
  volumes: readonly { id: string; deleteOnTermination: boolean | null }[]
}

/** Whether a server that is ACTIVE is the one that was asked for. */
export function judgeTrial(server: TrialServer, order: TrialOrder): Check[] {
  return [address(server, order), properties(server, order)]
}

function address({ addresses }: TrialServer, { network }: TrialOrder): Check {
  const name = 'boot: address'
  const own = addresses.filter((one) => one.type === 'fixed')
  const there = own.find((one) => one.network === network)
  if (there !== undefined) return passed(name, `${there.address} in ${network}`)
  const seen = own.map((one) => `${one.address} in ${one.network}`).join(', ') || 'none'
  return failed(name, `${seen}, not one in ${network}`, 'Ask the cloud’s operators: the server is ACTIVE without it.')
}

function properties(server: TrialServer, order: TrialOrder): Check {
  const name = 'boot: as asked'
  const wrong = differences(server, order)
  if (wrong.length === 0) return passed(name, 'metadata, image, flavor and all that the configuration names')
  return failed(name, wrong.join('; '), 'Ask the cloud’s operators: it made something else than was asked for.')
}

function differences(server: TrialServer, order: TrialOrder): string[] {
  const metadata = Object.entries(order.metadata).filter(([key, value]) => server.metadata[key] !== value)
  const groups = order.securityGroups.filter((group) => !server.securityGroups.includes(group))
  const { id = null, name = null } = server.flavor ?? {}
  const flavor = id === null ? name === order.flavor.name : id === order.flavor.id
  return [
    ...metadata.map(([key, value]) => `metadata ${key} is ${server.metadata[key] ?? 'missing'}, not ${value}`),
    ...(flavor ? [] : [`its flavor is ${name ?? id ?? 'not told'}, not ${order.flavor.name}`]),
    ...source(server, order),
    ...groups.map((group) => `it is not in the security group ${group}`),
    ...different('key', server.keyName, order.keyName),
    ...different('availability zone', server.availabilityZone, order.availabilityZone),
    ...(order.configDrive && !server.configDrive ? ['it has no config drive'] : []),
  ]
}

function source({ imageId, volumes }: TrialServer, { image, volumeGb }: TrialOrder): string[] {
  if (volumeGb === undefined) return imageId === image.id ? [] : [`its image is ${imageId ?? 'none'}, not ${image.id}`]
  if (imageId !== null) return ['it does not run from a volume']
  const kept = volumes.filter(({ deleteOnTermination }) => deleteOnTermination !== true).map(({ id }) => id)
  if (volumes.length === 0) return ['the cloud shows no volume of it, so that nobody could find a left one']
  return kept.map((id) => `its volume ${id} is not to be deleted with it`)
}

const different = (what: string, seen: string | null, asked: string | undefined): string[] =>
  asked === undefined || seen === asked ? [] : [`its ${what} is ${seen ?? 'none'}, not ${asked}`]

/** Minutes after which a server that was forgotten powers itself off. */
const powerOffAfter = 60

/**
 * Tells a guest to do nothing, and to power off if nobody deletes it; in comments as long as what a worker VM is told, so that
 * a cloud that takes it takes that too.
 * @param length in base64
 */
export function trialUserData(length: number): string {
  const words = `#cloud-config\npower_state: { mode: poweroff, delay: ${powerOffAfter}, message: a cloud check that was not cleaned up }\n`
  const line = `#${'-'.repeat(98)}\n`
  const missing = Math.floor((length * 3) / 4) - words.length
  return words + line.repeat(Math.max(0, Math.floor(missing / line.length)))
}
