import { describe, expect, test } from 'vitest'
import { planFleet } from '#domain/fleet/plan.ts'
import type { FleetCloud, FleetPlan, PlanInput } from '#domain/fleet/types.ts'
import { c2, c8, cloud, emptyC2, input, jobs, minute, now, vm } from './world.ts'

const plan = (changes: Partial<PlanInput>): FleetPlan => planFleet(input(changes))
const booted = ({ boots }: FleetPlan) => boots.map((boot) => `${boot.count} on ${boot.cloud} for ${boot.owner}`)
const verdict = ({ verdicts }: FleetPlan, where = 'arbutus', group = 'alice/jobs') => {
  const found = verdicts.find((each) => each.cloud === where && each.group === group)
  return found === undefined ? 'none' : `${found.verdict}: ${found.reason}`
}
const cores = (limit: number, used: number) => ({ observed: { quotas: { cores: { limit, used } } } })

describe('how many VMs', () => {
  test('as many as the waiting jobs fill: two jobs fit a c2', () => {
    const five = plan({ demand: [jobs(5)] })
    expect(booted(five)).toEqual(['3 on arbutus for alice'])
    expect(verdict(five)).toBe('boots: boots 3 VMs of c2-7.5gb-31 (2 cores), up to 2 jobs each')
    expect(five.unmet).toBe(0)
  })

  test('a boot says all that a VM is made of', () => {
    expect(plan({ demand: [jobs(1, { keepaliveMinutes: 5 })] }).boots).toEqual([
      {
        cloud: 'arbutus',
        owner: 'alice',
        vmType: 'canfar:catalogue',
        image: 'image-a',
        flavor: c2,
        group: 'alice/jobs',
        shape: '1c-3000m-5242880k-4db211e5',
        keepaliveMinutes: 5,
        count: 1,
        probe: false,
      },
    ])
  })

  test('less what empty VMs in the pool take', () => {
    const result = plan({ demand: [jobs(5)], supply: [vm('serving', { slots: emptyC2 })] })
    expect(booted(result)).toEqual(['2 on arbutus for alice'])
  })

  test('less what VMs on their way will take', () => {
    const result = plan({ demand: [jobs(4)], supply: [vm('requested', { listed: false }), vm('booted')] })
    expect(booted(result)).toEqual([])
    expect(verdict(result)).toBe('enough: 4 idle jobs: 4 by VMs on their way')
  })

  test('VMs that drain, are deleted or held take no job', () => {
    const supply = [vm('draining', { slots: emptyC2 }), vm('deleting'), vm('held', { slots: emptyC2 })]
    expect(booted(plan({ demand: [jobs(2)], supply }))).toEqual(['1 on arbutus for alice'])
  })

  test("another owner's VM takes no job of mine", () => {
    const supply = [vm('serving', { owner: 'bob', slots: emptyC2 })]
    expect(booted(plan({ demand: [jobs(2)], supply }))).toEqual(['1 on arbutus for alice'])
  })

  test('groups that can use the same VM share it', () => {
    const demand = [jobs(1), jobs(1, { id: 'other', memoryMb: 2000 })]
    const shared = plan({ demand })
    expect(booted(shared)).toEqual(['1 on arbutus for alice'])
    expect(verdict(shared, 'arbutus', 'other')).toBe('enough: 1 idle job: 1 by VMs booted now for other jobs')
  })

  test('a VM on its way is for the jobs that it was booted for, whatever comes before them', () => {
    const demand = [jobs(2, { id: 'first', priority: 9 }), jobs(2, { id: 'second' })]
    const matches = { first: { arbutus: { unknown: 'condor_status timed out' } } }
    const { boots } = plan({ demand, matches })
    expect(boots).toMatchObject([{ group: 'second', count: 1 }])
    const supply = [vm('building', { group: 'second' })]
    expect(plan({ demand, matches, supply }).boots).toEqual([])
  })

  test('jobs that only one VM can take get it; those that can go elsewhere do', () => {
    const demand = [jobs(2, { id: 'anywhere' }), jobs(2, { id: 'here', targetClouds: ['arbutus'] })]
    const east = { cloud: 'east', image: 'image-e' }
    const supply = [vm('serving', { slots: emptyC2 }), vm('serving', { slots: emptyC2, ...east })]
    expect(booted(plan({ demand, supply, clouds: [cloud('arbutus'), cloud('east')] }))).toEqual([])
  })

  test('what a busy VM has left and nobody took for long is no supply', () => {
    const free = { cpus: 1, memoryMb: 4000, diskKb: emptyC2.free.diskKb }
    const since = (minutes: number) => [vm('serving', { slots: { free, jobs: 1, freeSince: now - minutes * minute } })]
    expect(booted(plan({ demand: [jobs(1)], supply: since(2) }))).toEqual([])
    expect(booted(plan({ demand: [jobs(1)], supply: since(6) }))).toEqual(['1 on arbutus for alice'])
    expect(booted(plan({ demand: [jobs(1, { waitingSince: now - minute })], supply: since(6) }))).toEqual([])
  })

  test('what guests were seen to have counts, not what the flavor promises', () => {
    const guests = { [`${c2.id}/image-a`]: { cpus: 2, memoryMb: 5000, diskKb: emptyC2.free.diskKb } }
    expect(booted(plan({ demand: [jobs(4)], clouds: [cloud('arbutus', { guests })] }))).toEqual([
      '4 on arbutus for alice',
    ])
  })

  test('VMTypeLimit ends it', () => {
    const limited = plan({ demand: [jobs(20, { vmTypeLimit: 2 })], supply: [vm('serving')] })
    expect(booted(limited)).toEqual(['1 on arbutus for alice'])
    expect(verdict(limited)).toContain('16 jobs must wait: VMTypeLimit is 2, and alice has 2 VMs of canfar:catalogue')
  })

  test('VMJobPerCore gives a job that asks for no core a whole one', () => {
    const small = { cpus: 0, memoryMb: 100, diskKb: 1024 }
    expect(booted(plan({ demand: [jobs(8, small)] }))).toEqual(['1 on arbutus for alice'])
    expect(booted(plan({ demand: [jobs(8, { ...small, jobPerCore: true })] }))).toEqual(['4 on arbutus for alice'])
  })
})

const both = (a = {}, e = {}) => [cloud('arbutus', a), cloud('east', e)]

describe('where', () => {
  test('on the cloud of highest priority, then where it has room', () => {
    const clouds = both(cores(4, 0), { priority: 1, ...cores(6, 4) })
    expect(booted(plan({ demand: [jobs(6)], clouds }))).toEqual(['1 on east for alice', '2 on arbutus for alice'])
  })

  test('among equal clouds where most room is left', () => {
    const clouds = both(cores(8, 0), cores(12, 0))
    expect(booted(plan({ demand: [jobs(4)], clouds }))).toEqual(['2 on east for alice'])
  })

  test('TargetClouds by name or alias, whatever the case', () => {
    const clouds = both({ aliases: ['Cc-arbutus'] })
    const result = plan({ demand: [jobs(2, { targetClouds: ['CC-Arbutus'] })], clouds })
    expect(booted(result)).toEqual(['1 on arbutus for alice'])
    expect(verdict(result, 'east')).toBe('not-targeted: TargetClouds is CC-Arbutus, which does not name east')
  })

  test.each([
    [
      'is disabled',
      { enabled: false, reason: 'maintenance until noon' },
      'cloud-disabled: arbutus is disabled: maintenance until noon',
    ],
    [
      'could not be read',
      { observed: { unknown: '503 from Nova' } },
      'unknown-limits: the room on arbutus is unknown: 503 from Nova',
    ],
    ['lost the flavor', { flavors: {} }, 'flavor-missing: arbutus has no flavor c2-id for us'],
  ])('not on a cloud that %s; the other takes the work', (_, change, reason) => {
    const result = plan({ demand: [jobs(2)], clouds: both({ priority: 9, ...change }) })
    expect(booted(result)).toEqual(['1 on east for alice'])
    expect(verdict(result)).toBe(reason)
  })

  test('not where the jobs name no image or flavor', () => {
    const result = plan({ demand: [jobs(2, { images: { arbutus: 'image-a' } })], clouds: both() })
    expect(verdict(result, 'east')).toBe('image-missing: VMAMI names no image on east')
  })

  describe('not where the image is still to be copied to; the other takes the work', () => {
    const waiting = jobs(2, { images: { east: 'image-a' }, copies: { arbutus: 'c0ffee' } })
    const told = (change: Partial<FleetCloud>): string => {
      const result = plan({ demand: [waiting], clouds: both({ priority: 9, ...change }) })
      expect(booted(result)).toEqual(['1 on east for alice'])
      return verdict(result)
    }
    const progress = { state: 'fetching', fetchedBytes: 80, sentBytes: 0, sizeBytes: 100 } as const

    test('and says how far it is', () => {
      expect(told({ copies: { c0ffee: { kind: 'under-way', progress } } })).toBe(
        'copying: copying, 40 %; jobs run there once the image is there',
      )
      expect(told({ copies: { other: { kind: 'there' } } })).toMatch(/^copying: the image is not there yet/)
    })

    test('and why it failed', () => {
      const why = 'cloud arbutus: no room; Delete images there'
      expect(told({ copies: { c0ffee: { kind: 'failed', why } } })).toBe(
        `copy-failed: copying failed: ${why}; it is tried again by itself`,
      )
    })

    test('or where no copy would help', () => {
      const copies = { c0ffee: { kind: 'under-way', progress } } as const
      expect(told({ copies, enabled: false, reason: 'maintenance' })).toMatch(/^cloud-disabled/)
      expect(told({ copies, ...cores(1, 0) })).toBe('quota: wants 2 cores, 1 left of quota 1 (0 used)')
      // room that others have now comes back
      expect(told({ copies, ...cores(2, 2) })).toMatch(/^copying/)
    })
  })

  test('not where HTCondor says that the jobs would never match', () => {
    const matches = { 'alice/jobs': { arbutus: { neverMatches: 'Requirements ask for HasGpu' } } }
    const result = plan({ demand: [jobs(2)], matches, supply: [vm('serving', { slots: emptyC2 })] })
    expect(booted(result)).toEqual([])
    expect(verdict(result)).toBe('never-matched: Requirements ask for HasGpu')
    expect(result.unsettled).toBe(false)
  })

  test('not where the figures say so: a guest has less memory than its flavor', () => {
    expect(verdict(plan({ demand: [jobs(1, { memoryMb: 7680 })] }))).toBe(
      'never-matched: a job asks for 1 core, 7680 MB of memory and 5.0 GB of disk; ' +
        'a guest of c2-7.5gb-31 is estimated to have 2 cores, 7232 MB of memory and 28.5 GB of disk',
    )
  })
})

describe('limits', () => {
  test('quota − used − VMs on their way − reserved, and the verdict shows the sum', () => {
    const big = jobs(1, { flavors: { arbutus: c8.id }, cpus: 8 })
    const result = plan({
      demand: [big],
      supply: [vm('creating', { listed: false, vmType: 'other' })],
      clouds: [cloud('arbutus', { observed: { quotas: { cores: { limit: 40, used: 29 } } }, reserved: { cores: 6 } })],
    })
    expect(booted(result)).toEqual([])
    expect(verdict(result)).toBe(
      'quota: wants 8 cores, 3 left of quota 40 (29 used, 2 for VMs on their way, 6 reserved)',
    )
  })

  test('a boot in flight counts once, in used or beside it', () => {
    const room = (listed: boolean, used: number) =>
      plan({ demand: [jobs(9)], supply: [vm('building', { listed })], clouds: [cloud('arbutus', cores(6, used))] })
    expect(booted(room(true, 2))).toEqual(['2 on arbutus for alice'])
    expect(booted(room(false, 0))).toEqual(['2 on arbutus for alice'])
  })

  test('a creation that was never answered holds its place until it is known to be gone', () => {
    const lost = vm('deleting', { listed: false, reason: 'CreateUnknown' })
    const deleted = vm('deleting', { listed: false, reason: 'Idle' })
    expect(booted(plan({ demand: [jobs(2)], supply: [lost], clouds: [cloud('arbutus', cores(2, 0))] }))).toEqual([])
    expect(
      booted(plan({ demand: [jobs(2)], supply: [deleted], clouds: [cloud('arbutus', cores(2, 0))] })),
    ).toHaveLength(1)
  })

  test('−1 is no limit', () => {
    expect(booted(plan({ demand: [jobs(100)], clouds: [cloud('arbutus', cores(-1, 5000))] }))).toEqual([
      '50 on arbutus for alice',
    ])
  })

  test.each([
    ['ports', 'quota: wants 1 port, 0 left of quota 3 (3 used)'],
    ['instances', 'quota: wants 1 server, 0 left of quota 3 (3 used)'],
  ])('%s count as well', (name, reason) => {
    const observed = { quotas: { [name]: { limit: 3, used: 3 } } }
    expect(verdict(plan({ demand: [jobs(1)], clouds: [cloud('arbutus', { observed })] }))).toBe(reason)
  })

  test('addresses and volumes count where a VM takes them', () => {
    const observed = { quotas: { volumeGb: { limit: 100, used: 70 } } }
    const result = plan({
      demand: [jobs(1)],
      clouds: [cloud('arbutus', { observed, perVm: { volumes: 1, volumeGb: 40 } })],
    })
    expect(verdict(result)).toBe('quota: wants 40 GB of volumes, 30 left of quota 100 (70 used)')
  })

  describe('of VMs that boot from volumes', () => {
    const rootless = { ...c2, id: 'v2-id', name: 'v2-7.5gb', diskGb: 0, ephemeralGb: 0 }
    const wish = jobs(100, { flavors: { arbutus: rootless.id } })
    const at = (changes: Partial<FleetCloud>) => [
      cloud('arbutus', { flavors: { [rootless.id]: rootless, [c2.id]: c2 }, ...changes }),
    ]
    const quotas = { volumes: { limit: 10, used: 2 }, volumeGb: { limit: 200, used: 0 } }
    const bootVolumes = { 'image-a': { gb: 40 } }

    test('volumes and gigabytes count, those of VMs on their way too; the disk is the volume', () => {
      const coming = vm('requested', { flavor: rootless.id, listed: false, volumeGb: 40 })
      const result = plan({ demand: [wish], supply: [coming], clouds: at({ observed: { quotas }, bootVolumes }) })
      expect(result.boots).toMatchObject([{ flavor: { id: rootless.id }, volumeGb: 40, count: 4 }])
      const full = { ...quotas, volumes: { limit: 2, used: 2 } }
      expect(verdict(plan({ demand: [wish], clouds: at({ observed: { quotas: full }, bootVolumes }) }))).toBe(
        'quota: wants 1 volume, 0 left of quota 2 (2 used)',
      )
    })

    test('the quota of volumes is none of those that have a root disk', () => {
      const none = { ...quotas, volumes: { limit: 0, used: 0 } }
      const result = plan({ demand: [jobs(1)], clouds: at({ observed: { quotas: none }, bootVolumes: {} }) })
      expect(result.boots).toMatchObject([{ flavor: { id: c2.id }, count: 1 }])
      expect(result.boots[0]).not.toHaveProperty('volumeGb')
    })

    test.each<[Partial<FleetCloud>, string]>([
      [{}, 'flavor-missing: v2-7.5gb has no root disk, and no VM boots from a volume on arbutus'],
      [{ bootVolumes: {} }, 'unknown-limits: the room for volumes on arbutus is unknown: nothing was asked'],
      [
        { bootVolumes: { 'image-a': { unknown: 'no answer' } } },
        'unknown-limits: the room for volumes on arbutus is unknown: no answer',
      ],
    ])('none is booted with %j', (changes, reason) => {
      const result = plan({ demand: [wish], clouds: at(changes) })
      expect(result.boots).toEqual([])
      expect(verdict(result)).toContain(reason)
    })
  })

  test.each([
    [{ vms: 1 }, 'cap: VMs on arbutus: 1 of at most 1'],
    [{ cores: 3 }, 'cap: wants 2 cores, 1 left of the cap of 3 (2 in our VMs)'],
    [{ vmsPerUser: 1 }, 'user-cap: VMs of alice on arbutus: 1 of at most 1'],
    [{ booting: 1 }, 'rate-limited: VMs on their way on arbutus: 1 of at most 1'],
  ])('operator cap %o', (caps, reason) => {
    const result = plan({
      demand: [jobs(9)],
      supply: [vm('building', { vmType: 'other' })],
      clouds: [cloud('arbutus', { caps })],
    })
    expect(booted(result)).toEqual([])
    expect(verdict(result)).toBe(reason)
  })

  test('one pass boots so many and no more', () => {
    const result = planFleet({ ...input({ demand: [jobs(50)] }), policy: { ...input().policy, bootsPerPass: 7 } })
    expect(booted(result)).toEqual(['7 on arbutus for alice'])
    expect(verdict(result)).toContain('36 jobs must wait: one pass boots 7 VMs at most')
    expect(result).toMatchObject({ unmet: 36, unsettled: true })
  })
})

describe('fairness', () => {
  const alice = jobs(100)
  const bob = jobs(100, { owner: 'bob' })

  test('two owners get the same cores', () => {
    const result = plan({ demand: [alice, bob], clouds: [cloud('arbutus', cores(12, 0))] })
    expect(result.boots.map(({ owner, count }) => [owner, count])).toEqual([
      ['alice', 1],
      ['bob', 1],
      ['alice', 1],
      ['bob', 1],
      ['alice', 1],
      ['bob', 1],
    ])
  })

  test('who has more waits, and is told who got the room', () => {
    const supply = [vm('serving'), vm('serving'), vm('serving')]
    const result = plan({ demand: [alice, bob], supply, clouds: [cloud('arbutus', cores(10, 6))] })
    expect(booted(result)).toEqual(['2 on arbutus for bob'])
    expect(verdict(result)).toBe(
      'fair-share: the room went to bob (now 4 cores), while alice has 6 cores: ' +
        'wants 2 cores, 0 left of quota 10 (6 used, 4 for VMs on their way)',
    )
  })

  test('where there was no room to begin with, nobody took it', () => {
    const big = jobs(1, { flavors: { arbutus: c8.id }, cpus: 8 })
    const result = plan({ demand: [big, bob], clouds: [cloud('arbutus', cores(6, 0))] })
    expect(booted(result)).toEqual(['3 on arbutus for bob'])
    expect(verdict(result)).toBe('quota: wants 8 cores, 0 left of quota 6 (0 used, 6 for VMs on their way)')
  })

  test('twice the weight is twice the cores', () => {
    const policy = { ...input().policy, weights: { bob: 2 } }
    const result = plan({ demand: [alice, bob], policy, clouds: [cloud('arbutus', cores(12, 0))] })
    const of = (owner: string) =>
      result.boots.filter((boot) => boot.owner === owner).reduce((sum, { count }) => sum + count, 0)
    expect([of('alice'), of('bob')]).toEqual([2, 4])
  })

  test('within an owner VMHighPriority goes first, then JobPrio', () => {
    const demand = [
      jobs(2, { id: 'low', vmType: 'a' }),
      jobs(2, { id: 'prio', vmType: 'b', priority: 5 }),
      jobs(2, { id: 'high', vmType: 'c', highPriority: true }),
    ]
    const result = plan({ demand, clouds: [cloud('arbutus', cores(4, 0))] })
    expect(result.boots.map(({ group }) => group)).toEqual(['high', 'prio'])
  })
})

describe('retirements', () => {
  const busy = { free: { cpus: 0, memoryMb: 0, diskKb: 0 }, jobs: 2 }

  test('over a cap: idle VMs, then VMs on their way; the oldest first; busy ones never', () => {
    const supply = [
      vm('serving', { id: 'busy', slots: busy, bornAt: now - 90 * minute }),
      vm('serving', { id: 'idle-new', slots: emptyC2, bornAt: now - 20 * minute }),
      vm('serving', { id: 'idle-old', slots: emptyC2, bornAt: now - 30 * minute }),
      vm('building', { id: 'building' }),
    ]
    const retired = (vms: number) =>
      plan({ demand: [jobs(9)], supply, clouds: [cloud('arbutus', { caps: { vms } })] }).retirements.map(
        (each) => each.vm,
      )
    expect(retired(4)).toEqual([])
    expect(retired(3)).toEqual(['idle-old'])
    expect(retired(0)).toEqual(['idle-old', 'idle-new', 'building'])
  })

  test('VMs that leave already count as gone', () => {
    const supply = [vm('draining', { slots: busy }), vm('serving', { slots: emptyC2 })]
    expect(plan({ demand: [jobs(9)], supply, clouds: [cloud('arbutus', { caps: { vms: 1 } })] }).retirements).toEqual(
      [],
    )
  })

  test('over quota, because somebody lowered it', () => {
    const supply = [vm('serving', { id: 'idle', slots: emptyC2 })]
    expect(plan({ supply, clouds: [cloud('arbutus', cores(10, 12))] }).retirements).toEqual([
      { vm: 'idle', cloud: 'arbutus', reason: 'Retired', note: 'arbutus is over its quota: 12 cores of 10' },
    ])
  })

  test('a boot in flight that may be counted already does not push an idle VM out of a full quota', () => {
    const supply = [vm('serving', { slots: emptyC2 }), vm('creating', { listed: false })]
    expect(plan({ demand: [jobs(4)], supply, clouds: [cloud('arbutus', cores(4, 4))] }).retirements).toEqual([])
  })

  test('what is retired for a cap takes no job', () => {
    const supply = [vm('serving', { slots: emptyC2 }), vm('serving', { slots: emptyC2 })]
    const result = plan({ demand: [jobs(4)], supply, clouds: [cloud('arbutus', { caps: { vms: 1 } }), cloud('east')] })
    expect(booted(result)).toEqual(['1 on east for alice'])
  })

  test('a VM on its way that nobody needs any more; never one that has joined: that is its keepalive', () => {
    const supply = [vm('building', { id: 'b' }), vm('booted', { id: 'a' }), vm('serving', { slots: emptyC2 })]
    const result = plan({ demand: [jobs(3)], supply })
    expect(result.retirements).toEqual([
      {
        vm: 'b',
        cloud: 'arbutus',
        reason: 'NoDemand',
        note: 'no idle job of alice needs another VM of canfar:catalogue any more',
      },
    ])
  })

  test('not if a schedd did not answer: its jobs may need it', () => {
    expect(plan({ demandComplete: false, supply: [vm('building')] }).retirements).toEqual([])
  })

  test('not while its creation is being asked for', () => {
    expect(plan({ supply: [vm('creating', { listed: false })] }).retirements).toEqual([])
  })
})

describe('rest', () => {
  test('nothing to do leaves the fleet settled', () => {
    expect(plan({ supply: [vm('serving', { slots: emptyC2 })] })).toMatchObject({
      boots: [],
      retirements: [],
      unsettled: false,
    })
  })
})
