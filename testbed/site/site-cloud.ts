import { randomBytes } from 'node:crypto'
import type { CloudAdmin } from '#testbed/cloud/admin/client.ts'
import type { SeedInput } from '#testbed/cloud/config.ts'
import { siteSeed } from '#testbed/cloud/seed.ts'
import type { Daemon } from '#testbed/instance/daemon.ts'
import { addressIn, type Instance } from '#testbed/instance/instance.ts'
import type { CloudWish, Guests, SettledCloud } from './options.ts'
import { ASTRONOMER_PROJECT, BATCH_PROJECT, IMAGE } from './words.ts'

/** A cloud of a site, simulated or a region of a real OpenStack. */
export interface SiteCloud {
  readonly name: string
  readonly priority: number
  /** What its servers become. */
  readonly guests: Guests
  readonly caps: CloudWish['caps']
  readonly bootVolume: CloudWish['bootVolume']
  readonly excludedFlavors: CloudWish['excludedFlavors']
  readonly copyImages: CloudWish['copyImages']
  readonly rotation: CloudWish['rotation']
  readonly authUrl: string
  readonly region: string
  /** Where the runner of guests learns what should be running. */
  readonly hypervisorFolder: string
  /** Behind everybody's back: faults, every server that there ever was; a real one can do less. */
  readonly admin: CloudAdmin
  /** Of what its users speak to. */
  readonly logFile: string
  readonly batch: { id: string; secret: string }
  readonly astronomer: { user: string; password: string }
  daemons(): Daemon[]
  /** Nobody reaches it any more. */
  stop(): Promise<void>
  /** The same, by SIGKILL. */
  kill(): Promise<void>
  /** Starts what users speak to again on the same port, after {@link stop} or {@link kill}. */
  start(): Promise<void>
}

export const secret = (): string => randomBytes(18).toString('base64url')

/** First and last address that a cloud gives to its servers. */
export type AddressPool = readonly [first: string, last: string]

/** Addresses of an instance's subnet that its clouds give to servers; the rest is for hosts and tests. */
const [FIRST, LAST] = [10, 249]

/** A part of the instance's subnet for each of so many clouds. */
export function addressPools(instance: Instance, clouds: number): AddressPool[] {
  const share = Math.floor((LAST - FIRST + 1) / clouds)
  return Array.from({ length: clouds }, (_, n) => {
    const first = FIRST + n * share
    return [addressIn(instance, first), addressIn(instance, first + share - 1)] as const
  })
}

/** Who has access to a cloud, beside its administrator. */
export type Access = Pick<SiteCloud, 'batch' | 'astronomer'>

/** What a cloud of a site holds at its start. */
export function seedOfSite(
  instance: Instance,
  { quota, seed = (usual) => usual }: SettledCloud,
  [first, last]: AddressPool,
  { batch, astronomer }: Access,
): SeedInput {
  const { prefix, address } = instance.network
  return seed(
    siteSeed({
      network: { name: 'private', cidr: `${prefix}.0/24`, gateway: address, pool: [first, last] },
      admin: { name: 'operator', password: secret() },
      batch: { project: BATCH_PROJECT, user: 'canfar-batch', password: secret(), applicationCredential: batch },
      users: [{ name: astronomer.user, password: astronomer.password, project: ASTRONOMER_PROJECT }],
      images: [
        {
          name: IMAGE,
          owner: ASTRONOMER_PROJECT,
          visibility: 'private',
          diskFormat: 'qcow2',
          size: 1 << 20,
          minDisk: 10,
        },
      ],
      ...(quota !== undefined && { quota }),
    }),
  )
}
