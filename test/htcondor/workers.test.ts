import { describe, expect, it } from 'vitest'
import { readSlot, workerFields } from '#htcondor/worker-ad.ts'
import { combine } from '#htcondor/workers.ts'

const vm = 'canfar-arbutus-00000000000000aa'
const at = 1_795_250_690

const slot = (changes: Record<string, string | undefined> = {}) => {
  const ad: Record<string, string | undefined> = {
    Name: `slot1@${vm}.pool.test`,
    AuthenticatedIdentity: `ada.${vm}@pool.test`,
    MyType: 'Machine',
    SlotType: 'Partitionable',
    State: 'Unclaimed',
    Activity: 'Idle',
    Cpus: '4',
    Memory: '8192',
    Disk: '50000000.0',
    TotalSlotCpus: '4',
    TotalSlotMemory: '8192',
    TotalSlotDisk: '50000000.0',
    NumDynamicSlots: '0',
    JobStarts: '3',
    VMName: vm,
    Tenant: 'ada',
    CloudName: 'arbutus',
    VMType: 'proj:image',
    ...changes,
  }
  return readSlot(workerFields.map((name) => ad[name]))
}

const dynamic = (n: number, changes: Record<string, string | undefined> = {}) =>
  slot({
    Name: `slot1_${n}@${vm}.pool.test`,
    SlotType: 'Dynamic',
    State: 'Claimed',
    Activity: 'Busy',
    Cpus: '1',
    NumDynamicSlots: undefined,
    ...changes,
  })

describe('a worker', () => {
  it('is its parent slot and what runs in the dynamic ones', () => {
    const slots = [
      dynamic(1, { JobStart: String(at + 5), VMKeepAlive: '7' }),
      slot({ NumDynamicSlots: '3', Cpus: '1' }),
      dynamic(2, { JobStart: String(at), VMKeepAlive: '2' }),
      dynamic(3, { State: 'Unclaimed', Activity: 'Idle' }),
    ]
    expect(combine(slots, 'pool.test').workers).toMatchObject([
      { vm, dynamicSlots: 3, claimed: 2, keepaliveMinutes: 7, free: { cpus: 1 }, total: { cpus: 4 }, drained: false },
    ])
  })

  it('is drained only without dynamic slots', () => {
    const drained = { State: 'Drained', Activity: 'Idle' }
    const of = (changes: Record<string, string>) => combine([slot({ ...drained, ...changes })], 'pool.test').workers[0]
    expect(of({})).toMatchObject({ drained: true, draining: true })
    expect(of({ NumDynamicSlots: '1' })).toMatchObject({ drained: false, draining: true })
    expect(of({ Activity: 'Retiring' })).toMatchObject({ drained: false })
    expect(of({ State: 'Claimed', Activity: 'Busy', Draining: 'true' })).toMatchObject({
      drained: false,
      draining: true,
    })
  })

  it.each([
    ['another tenant', { Tenant: 'bob' }],
    ['another VM', { VMName: 'canfar-arbutus-00000000000000bb' }],
    ['another machine', { Name: 'slot1@canfar-arbutus-00000000000000bb.pool.test' }],
    ['another pool', { AuthenticatedIdentity: `ada.${vm}@elsewhere.test` }],
    ['a tenant with a longer name', { AuthenticatedIdentity: `x.ada.${vm}@pool.test` }],
    ['nobody', { AuthenticatedIdentity: undefined }],
  ])('that says to be %s is an impostor', (_, changes) => {
    const { workers, impostors } = combine([slot(changes)], 'pool.test')
    expect(workers).toEqual([])
    expect(impostors).toHaveLength(1)
  })

  it('does not count dynamic slots that another advertises for it', () => {
    const forged = dynamic(9, { AuthenticatedIdentity: 'bob.canfar-arbutus-00000000000000bb@pool.test' })
    const { workers, impostors } = combine([slot(), forged], 'pool.test')
    expect(workers).toMatchObject([{ claimed: 0 }])
    expect(impostors).toHaveLength(1)
  })
})
