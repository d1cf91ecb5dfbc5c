import type { DemandGroup } from '#domain/demand.ts'
import type { Flavor } from '#domain/flavor.ts'
import { defaultPolicy, type FleetCloud, type PlanInput, type WorkerVm } from '#domain/fleet/types.ts'

/** Saturday 2025-11-01 00:00 UTC. */
export const now = 1_761_955_200_000
export const minute = 60_000
const gb = 1024 ** 2

/** The flavor of the tutorial: 2 cores, 7.5 GB, 31 GB of scratch. */
export const c2: Flavor = { id: 'c2-id', name: 'c2-7.5gb-31', vcpus: 2, ramMb: 7680, diskGb: 20, ephemeralGb: 31 }
export const c8: Flavor = { id: 'c8-id', name: 'c8-30gb-186', vcpus: 8, ramMb: 30720, diskGb: 20, ephemeralGb: 186 }

/** A cloud without any limit. */
export const cloud = (name: string, changes: Partial<FleetCloud> = {}): FleetCloud => ({
  name,
  aliases: [],
  enabled: true,
  priority: 0,
  observed: { quotas: {} },
  flavors: { [c2.id]: c2, [c8.id]: c8 },
  caps: {},
  reserved: {},
  ...changes,
})

/** Jobs of one core and 3 GB, two of which fit a c2; on arbutus and east. */
export const jobs = (count: number, changes: Partial<DemandGroup> = {}): DemandGroup => {
  const owner = changes.owner ?? 'alice'
  return {
    id: `${owner}/jobs`,
    owner,
    vmType: 'canfar:catalogue',
    images: { arbutus: 'image-a', east: 'image-e' },
    flavors: { arbutus: c2.id, east: c2.id },
    cpus: 1,
    memoryMb: 3000,
    diskKb: 5 * gb,
    targetClouds: [],
    highPriority: false,
    jobPerCore: false,
    priority: 0,
    requirements: 'true',
    count,
    sample: '1.0',
    ...changes,
  }
}

let born = 0

/** A VM of alice's for such jobs; listed by the cloud. */
export const vm = (state: WorkerVm['state'], changes: Partial<WorkerVm> = {}): WorkerVm => ({
  id: `pool-arbutus-${String((born += 1)).padStart(16, '0')}`,
  cloud: 'arbutus',
  owner: 'alice',
  vmType: 'canfar:catalogue',
  image: 'image-a',
  flavor: c2.id,
  state,
  cores: c2.vcpus,
  memoryMb: c2.ramMb,
  listed: true,
  bornAt: now - 10 * minute,
  ...changes,
})

/** What an empty c2 offers. */
export const emptyC2 = { free: { cpus: 2, memoryMb: 7200, diskKb: 28 * gb }, jobs: 0 }

export const input = (changes: Partial<PlanInput> = {}): PlanInput => ({
  demand: [],
  supply: [],
  clouds: [cloud('arbutus')],
  policy: { ...defaultPolicy, bootsPerPass: 1000 },
  breakers: {},
  now,
  ...changes,
})
