import * as fc from 'fast-check'
import type { DemandGroup } from '#domain/demand.ts'
import type { Flavor } from '#domain/flavor.ts'
import { breakerKey, type Breaker } from '#domain/fleet/breakers.ts'
import {
  defaultPolicy,
  type Boot,
  type FleetCloud,
  type MatchResult,
  type PlanInput,
  type WorkerVm,
} from '#domain/fleet/types.ts'
import { vmStates } from '#domain/vm/state.ts'
import { minute, now } from './world.ts'

const owners = ['alice', 'bob', 'carol'] as const
const cloudNames = ['arbutus', 'beluga', 'east', 'graham'] as const
const vmTypes = ['canfar:a', 'canfar:b'] as const
const images = ['i1', 'i2'] as const

const flavor = (id: string, vcpus: number): Flavor => ({
  id,
  name: `${id}-name`,
  vcpus,
  ramMb: vcpus * 4000,
  diskGb: 20,
  ephemeralGb: vcpus * 15,
})
export const flavors: Record<string, Flavor> = { f1: flavor('f1', 1), f2: flavor('f2', 2), f8: flavor('f8', 8) }
const flavorId = fc.constantFrom('f1', 'f2', 'f8')

const quota = fc.record({
  limit: fc.oneof({ weight: 1, arbitrary: fc.constant(-1) }, { weight: 4, arbitrary: fc.nat(90) }),
  used: fc.nat(30),
})

const cloud = (name: string): fc.Arbitrary<FleetCloud> =>
  fc.record(
    {
      name: fc.constant(name),
      aliases: fc.constantFrom([], ['west']),
      enabled: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
      reason: fc.constant('for a test'),
      priority: fc.nat(2),
      observed: fc.oneof(
        {
          weight: 9,
          arbitrary: fc.record({
            quotas: fc.record({ cores: quota, instances: quota, ports: quota }, { requiredKeys: [] }),
          }),
        },
        { weight: 1, arbitrary: fc.constant({ unknown: 'timeout' }) },
      ),
      flavors: fc.constantFrom(flavors, flavors, flavors, { f1: flavor('f1', 1), f2: flavor('f2', 2) }),
      caps: fc.record(
        { vms: fc.nat(20), cores: fc.nat(80), vmsPerUser: fc.nat(10), booting: fc.nat(15) },
        { requiredKeys: [] },
      ),
      reserved: fc.record({ cores: fc.nat(5) }, { requiredKeys: [] }),
      strays: fc.record({ vms: fc.nat(3), cores: fc.nat(8) }),
    },
    { requiredKeys: ['name', 'aliases', 'enabled', 'priority', 'observed', 'flavors', 'caps', 'reserved'] },
  )

const perCloud = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.record(
    { arbutus: value, beluga: value, east: value, graham: value },
    { requiredKeys: ['arbutus', 'beluga', 'east'] },
  )

const group = (index: number): fc.Arbitrary<DemandGroup> =>
  fc
    .record({
      owner: fc.constantFrom(...owners),
      vmType: fc.constantFrom(...vmTypes),
      images: perCloud(fc.constantFrom(...images)),
      flavors: perCloud(flavorId),
      cpus: fc.constantFrom(0, 1, 1, 1, 2, 8),
      memoryMb: fc.constantFrom(1, 1000, 3000, 3000, 7000),
      diskKb: fc.constantFrom(1, 1_000_000, 15_000_000),
      targetClouds: fc.constantFrom<string[]>([], [], [], [], ['EAST'], ['west', 'arbutus']),
      limit: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(6) }),
      highPriority: fc.boolean(),
      jobPerCore: fc.boolean(),
      priority: fc.nat(2),
      requirements: fc.constantFrom('true', 'HasGpu'),
      count: fc.nat(40),
    })
    .map(({ limit, ...rest }): DemandGroup => ({
      ...rest,
      id: `group-${index}`,
      sample: `${index}.0`,
      ...(limit !== undefined && { vmTypeLimit: limit }),
    }))

const worker = (index: number): fc.Arbitrary<WorkerVm> =>
  fc
    .record({
      cloud: fc.constantFrom(...cloudNames),
      owner: fc.constantFrom(...owners),
      vmType: fc.constantFrom(...vmTypes),
      image: fc.constantFrom(...images),
      flavor: flavorId,
      state: fc.constantFrom(...vmStates),
      listed: fc.boolean(),
      age: fc.nat(60),
      jobs: fc.nat(2),
      free: fc.nat(100),
      served: fc.boolean(),
      lost: fc.boolean(),
    })
    .map(({ age, jobs, free, lost, ...rest }): WorkerVm => {
      const { vcpus, ramMb } = flavors[rest.flavor] ?? flavor('', 1)
      const part = (whole: number) => Math.floor((whole * free) / 100)
      return {
        ...rest,
        id: `vm-${String(index).padStart(3, '0')}`,
        cores: vcpus,
        memoryMb: ramMb,
        bornAt: now - age * minute,
        ...(rest.state === 'serving' && {
          slots: { free: { cpus: part(vcpus), memoryMb: part(ramMb), diskKb: part(vcpus * 15_000_000) }, jobs },
        }),
        ...(lost && rest.state === 'deleting' && { reason: 'CreateUnknown' as const }),
      }
    })

const several = <T>(most: number, make: (index: number) => fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.nat(most).chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => make(index))))

const match: fc.Arbitrary<MatchResult> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<MatchResult>('matches') },
  { weight: 1, arbitrary: fc.constant<MatchResult>({ neverMatches: 'no GPU' }) },
  { weight: 1, arbitrary: fc.constant<MatchResult>({ unknown: 'condor_status timed out' }) },
)

/** An open or half-open breaker of a cloud's place for a flavor. */
const breaker: fc.Arbitrary<[string, Breaker]> = fc
  .record({ cloud: fc.constantFrom(...cloudNames), flavor: flavorId, open: fc.boolean() })
  .map(({ cloud: name, flavor: id, open }) => {
    const opened = { at: now - 30 * minute, until: open ? now + 10 * minute : now - 10 * minute, times: 1 }
    const failures = { failures: 1, since: now - 40 * minute, lastFailureAt: opened.at, reason: 'NoCapacity' as const }
    const target = { cloud: name, flavor: id, image: '', shape: '' }
    return [breakerKey('capacity', target), { kind: 'capacity', of: { cloud: name, flavor: id }, ...failures, opened }]
  })

/** Any world of up to four clouds, with no limit on boots in a pass. */
export const anyWorld: fc.Arbitrary<PlanInput> = fc.record({
  demand: several(7, group),
  supply: several(14, worker),
  clouds: fc.subarray([...cloudNames], { minLength: 1 }).chain((names) => fc.tuple(...names.map(cloud))),
  matches: fc.dictionary(
    fc.constantFrom('group-0', 'group-1', 'group-2'),
    fc.dictionary(fc.constantFrom(...cloudNames), match),
  ),
  policy: fc
    .dictionary(fc.constantFrom(...owners), fc.constantFrom(0.5, 1, 3))
    .map((weights) => ({ ...defaultPolicy, weights, bootsPerPass: 10_000 })),
  breakers: fc
    .uniqueArray(breaker, { maxLength: 3, selector: ([key]) => key })
    .map((entries) => Object.fromEntries(entries)),
  now: fc.constant(now),
})

/** The supply after the boots were started. */
export function withBoots(supply: WorkerVm[], boots: Boot[]): WorkerVm[] {
  const started = boots.flatMap((boot) => Array.from({ length: boot.count }, () => boot))
  return [
    ...supply,
    ...started.map((boot, index): WorkerVm => ({
      id: `vm-new-${String(index).padStart(5, '0')}`,
      cloud: boot.cloud,
      owner: boot.owner,
      vmType: boot.vmType,
      image: boot.image,
      flavor: boot.flavor.id,
      state: 'requested',
      cores: boot.flavor.vcpus,
      memoryMb: boot.flavor.ramMb,
      listed: false,
      bornAt: now + index,
      group: boot.group,
      shape: boot.shape,
    })),
  ]
}
