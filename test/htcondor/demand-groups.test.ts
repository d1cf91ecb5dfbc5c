import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cloudMap, demandFields, groupDemand, readDemand } from '#htcondor/demand-groups.ts'

const row = (changes: Record<string, string | undefined> = {}) => {
  const job: Record<string, string | undefined> = {
    Owner: 'ada',
    ClusterId: '7',
    EnteredCurrentStatus: '1795250037',
    RequestCpus: '1',
    RequestMemory: '1024',
    RequestDisk: '45.5',
    JobPrio: '0',
    VMType: 'proj:image',
    VMAMI: 'arbutus:img-1,east:img-2',
    VMInstanceType: 'arbutus:flv-1',
    'unparse(Requirements)': 'TARGET.Arch == "X86_64"',
    ...changes,
  }
  return demandFields.map((name) => job[name])
}

describe('demand', () => {
  it('is read from a row', () => {
    expect(readDemand(row())?.need).toEqual({
      owner: 'ada',
      vmType: 'proj:image',
      images: { arbutus: 'img-1', east: 'img-2' },
      flavors: { arbutus: 'flv-1' },
      cpus: 1,
      memoryMb: 1024,
      diskKb: 46,
      targetClouds: [],
      highPriority: false,
      jobPerCore: false,
      priority: 0,
      requirements: 'TARGET.Arch == "X86_64"',
    })
  })

  it('is none without a VM type or an owner', () => {
    expect(readDemand(row({ VMType: undefined }))).toBeUndefined()
    expect(readDemand(row({ Owner: undefined }))).toBeUndefined()
  })

  it('takes what users may write', () => {
    const changes = {
      TargetClouds: 'east, other  third',
      VMHighPriority: '1',
      VMJobPerCore: 'true',
      VMTypeLimit: '4',
      VMKeepAlive: '5',
    }
    expect(readDemand(row(changes))?.need).toMatchObject({
      targetClouds: ['east', 'other', 'third'],
      highPriority: true,
      jobPerCore: true,
      vmTypeLimit: 4,
      keepaliveMinutes: 5,
    })
  })

  it('tells of images that are on their way, and no longer of those that have come', () => {
    const copies = { VMAMI: 'arbutus:img-1', CanfarCopies: 'east:c0ffee' }
    expect(readDemand(row(copies))?.need).toMatchObject({ images: { arbutus: 'img-1' }, copies: { east: 'c0ffee' } })
    expect(readDemand(row({ ...copies, VMAMI: '' }))?.need).toMatchObject({ images: {}, copies: { east: 'c0ffee' } })
    expect(readDemand(row({ CanfarCopies: 'east:c0ffee' }))).toEqual(readDemand(row()))
  })

  it('of jobs that differ in nothing is one group, with its oldest', () => {
    const groups = groupDemand()
    groups.add(readDemand(row({ EnteredCurrentStatus: '20' })), 1, '3')
    groups.add(readDemand(row({ EnteredCurrentStatus: '10', ClusterId: '9' })), 8, '-1')
    groups.add(readDemand(row({ RequestMemory: '2048' })), 1, '0')
    expect(groups.list()).toMatchObject([
      { count: 9, sample: '7.3', waitingSince: 10_000 },
      { count: 1, memoryMb: 2048 },
    ])
  })

  it('has ids that depend on what jobs share, not on which come first', () => {
    const variants = fc.array(
      fc.record({
        RequestMemory: fc.constantFrom('1', '2'),
        Owner: fc.constantFrom('ada', 'bob'),
        ClusterId: fc.constantFrom('1', '2'),
      }),
    )
    fc.assert(
      fc.property(variants, (jobs) => {
        const ids = (list: typeof jobs) => {
          const groups = groupDemand()
          for (const job of list) groups.add(readDemand(row(job)), 1, '0')
          return groups
            .list()
            .map(({ id, count }) => `${id} ${count}`)
            .toSorted()
        }
        expect(ids(jobs.toReversed())).toEqual(ids(jobs))
      }),
    )
  })

  it('takes cloud lists apart, and leaves out what has no cloud', () => {
    expect(cloudMap(' arbutus:a , east:b')).toEqual({ arbutus: 'a', east: 'b' })
    expect(cloudMap('plain,,x:')).toEqual({})
    expect(cloudMap(undefined)).toEqual({})
  })
})
