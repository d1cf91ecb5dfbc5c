import { writeFileSync } from 'node:fs'
import type { CloudConfigInput, SeedInput } from './config.ts'

type FlavorSeed = NonNullable<SeedInput['flavors']>[number]

/** `c2-7.5gb-31` = 2 cores, 7.5 GB of memory, 31 GB of scratch; the root disk of 20 GB holds the images. */
const compute = (vcpus: number, gb: number, ephemeralGb: number): FlavorSeed => ({
  name: `c${vcpus}-${gb}gb-${ephemeralGb}`,
  vcpus,
  ramMb: gb * 1024,
  diskGb: 20,
  ephemeralGb,
})

/** `p2-3gb` = a persistent machine's flavor: no scratch. */
const persistent = (vcpus: number, gb: number): FlavorSeed => ({
  name: `p${vcpus}-${gb}gb`,
  vcpus,
  ramMb: gb * 1024,
  diskGb: 20,
})

/** The flavors of a cloud as astronomers know it. */
export const FLAVORS: FlavorSeed[] = [
  compute(1, 3.75, 15),
  compute(2, 7.5, 31),
  compute(4, 15, 83),
  compute(8, 30, 186),
  compute(16, 60, 392),
  persistent(1, 1.5),
  persistent(2, 3),
  persistent(4, 6),
  persistent(8, 12),
]

export interface SiteWish {
  /** Addresses of the network that servers are plugged into. */
  network: { name?: string; cidr: string; pool?: [first: string, last: string]; gateway?: string }
  admin: { name: string; password: string }
  /** The project in which worker VMs run, and the account that runs them there. */
  batch: { project: string; user: string; password: string; applicationCredential?: { id: string; secret: string } }
  /** Each with a project of their own, where they keep their images. */
  users: { name: string; password: string; project: string }[]
  images?: NonNullable<SeedInput['images']>
  /** Of the batch project. */
  quota?: Record<string, number>
}

/** A cloud of a batch site: an administrator, the batch project, users with projects, one network, the usual flavors. */
export function siteSeed(wish: SiteWish): SeedInput {
  const projects = [...new Set(['admin', wish.batch.project, ...wish.users.map((user) => user.project)])]
  const { applicationCredential } = wish.batch
  return {
    projects: projects.map((name) => ({ name })),
    users: [
      { name: wish.admin.name, password: wish.admin.password, roles: { admin: ['admin'] } },
      {
        name: wish.batch.user,
        password: wish.batch.password,
        roles: { [wish.batch.project]: ['member'] },
        ...(applicationCredential !== undefined && {
          applicationCredentials: [{ name: 'batch', project: wish.batch.project, ...applicationCredential }],
        }),
      },
      ...wish.users.map((user) => ({
        name: user.name,
        password: user.password,
        roles: { [user.project]: ['member' as const] },
      })),
    ],
    images: wish.images ?? [],
    flavors: FLAVORS,
    networks: [{ name: 'private', ...wish.network }],
    quotas: {
      [wish.batch.project]: {
        compute: { instances: 500, cores: 2000, ram: 8 << 20, ...wish.quota },
        network: { port: 1000 },
        volume: { volumes: 500, gigabytes: 20_000 },
      },
    },
  }
}

/** Writes the configuration of a cloud's process, readable by its owner alone: it holds passwords. */
export const writeConfig = (path: string, config: CloudConfigInput): void =>
  writeFileSync(path, JSON.stringify(config, null, 2) + '\n', { mode: 0o600 })
