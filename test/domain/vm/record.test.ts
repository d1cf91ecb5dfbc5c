import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultDeadlines } from '#domain/deadlines.ts'
import { vmReasons } from '#domain/vm/reason.ts'
import { advance, limitOf, newRecord, type VmEvent, type VmRecord } from '#domain/vm/record.ts'
import { transitions, vmStates, type VmEventKind, type VmState } from '#domain/vm/state.ts'

const start = 1_800_000_000_000

/** Runs events through a new VM, a second apart. */
function life(...events: (VmEventKind | Omit<VmEvent, 'at'>)[]): VmRecord {
  return events.reduce<VmRecord>((record, event, i) => {
    const now = start + (i + 1) * 1000
    return advance(record, { at: now, ...(typeof event === 'string' ? { kind: event } : event) }, now)
  }, newRecord(start))
}

const toServing = ['create-started', 'created', 'active', 'joined'] as const

describe('a worker VM', () => {
  it('goes through its whole life', () => {
    const record = life(...toServing, 'first-job', 'empty', 'drained', 'gone')
    expect(record.state).toBe('gone')
    expect(record.reason).toBe('Idle')
    expect(record.history.map(({ state }) => state)).toEqual([
      'requested',
      'creating',
      'building',
      'booted',
      'serving',
      'serving',
      'draining',
      'deleting',
      'gone',
    ])
  })

  it('remembers the volumes that die with its server, and believes them of no other server', () => {
    const created = { kind: 'created', serverId: 's1' } as const
    const seen = (serverId: string): Omit<VmEvent, 'at'> => ({ kind: 'active', serverId, volumes: ['v1'] })
    expect(life('create-started', created, seen('s1'), 'joined', 'empty', 'drained').volumes).toEqual(['v1'])
    expect(life('create-started', created, seen('s2')).volumes).toBeUndefined()
  })

  it('goes back to serving when a job came at the last moment, and forgets why it was to leave', () => {
    const record = life(...toServing, 'first-job', 'empty', 'drain-refused')
    expect(record.state).toBe('serving')
    expect(record.reason).toBeUndefined()
    expect(record.drain).toBeUndefined()
  })

  it('may join the pool before the cloud is looked at again', () => {
    expect(life('create-started', 'created', 'joined').state).toBe('serving')
  })

  it('asks the worker also while it is thought to be building: word of its first job may be late', () => {
    for (const event of [{ kind: 'retire', reason: 'NoDemand' }, 'deadline'] as const) {
      expect(life('create-started', 'created', event)).toMatchObject({ state: 'draining', drain: 'if-empty' })
      expect(life('create-started', 'created', event, 'drain-refused').state).toBe('serving')
      expect(life('create-started', 'created', event, 'not-in-pool').state).toBe('deleting')
    }
  })

  it('is deleted after a create whose outcome is unknown', () => {
    const record = life('create-started', { kind: 'create-failed', reason: 'CreateUnknown' })
    expect(record).toMatchObject({ state: 'deleting', reason: 'CreateUnknown' })
  })

  it('drains, never dies, when its limits pass while it may have a job', () => {
    expect(life(...toServing, { kind: 'deadline', reason: 'Lifetime' })).toMatchObject({
      state: 'draining',
      drain: 'graceful',
    })
    expect(life('create-started', 'created', 'active', 'deadline')).toMatchObject({
      state: 'draining',
      drain: 'if-empty',
      reason: 'JoinTimeout',
    })
  })

  it('turns an idle retirement into a graceful one when an operator asks, and not the other way round', () => {
    const idle = life(...toServing, 'empty', { kind: 'retire', reason: 'Retired' })
    expect(idle).toMatchObject({ state: 'draining', drain: 'graceful', reason: 'Retired' })
    expect(advance(idle, { kind: 'retire', at: start + 60_000, reason: 'NoDemand' }, start + 60_000)).toEqual(idle)
  })

  it('is not ended by what was seen of another of its states, whatever the clocks say', () => {
    const serving = life(...toServing)
    for (const at of [serving.since - 3_600_000, serving.since, serving.since + 3_600_000]) {
      for (const kind of ['absent', 'cloud-error', 'powered-off', 'empty'] as const) {
        expect(advance(serving, { kind, at, seenIn: 'building' }, serving.since + 5000)).toBe(serving)
        expect(advance(serving, { kind, at, seenIn: 'serving' }, serving.since + 5000)).not.toBe(serving)
      }
    }
    const idle = life(...toServing, 'empty')
    expect(advance(idle, { kind: 'not-in-pool', at: 0, seenIn: 'draining' }, idle.since)).toBe(idle)
    const draining = life(...toServing, { kind: 'retire', reason: 'Retired' })
    for (const kind of ['drained', 'not-in-pool'] as const) {
      expect(advance(draining, { kind, at: draining.since, seenIn: 'serving' }, draining.since)).toBe(draining)
      expect(advance(draining, { kind, at: 0, seenIn: 'draining' }, draining.since).state).toBe('deleting')
    }
  })

  it('is left alone while an operator holds it', () => {
    const held = life(...toServing, 'hold')
    for (const kind of ['empty', 'retire', 'deadline', 'cloud-error'] as const) {
      expect(advance(held, { kind, at: held.since + 1 }, held.since + 1)).toBe(held)
    }
    expect(limitOf(held, defaultDeadlines)).toBeUndefined()
  })
})

describe('the limits of a VM', () => {
  it('are those of its state', () => {
    const building = life('create-started', 'created')
    expect(limitOf(building, defaultDeadlines)).toEqual({ at: building.since + 15 * 60_000, reason: 'BuildTimeout' })
    const serving = life(...toServing)
    expect(limitOf(serving, defaultDeadlines)).toEqual({ at: serving.since + 30 * 60_000, reason: 'NoFirstJob' })
    expect(limitOf(life(...toServing, 'first-job'), defaultDeadlines)).toEqual({
      at: start + 7 * 86_400_000,
      reason: 'Lifetime',
    })
  })
})

const anyEvent = fc.record({
  kind: fc.constantFrom(...new Set(Object.values(transitions).flatMap((row) => Object.keys(row) as VmEventKind[]))),
  delay: fc.integer({ min: 0, max: 100_000 }),
  lag: fc.integer({ min: 0, max: 20_000 }),
  reason: fc.constantFrom(...vmReasons),
})

describe('whatever happens, in any order', () => {
  const order: VmState[] = vmStates.filter((state) => state !== 'held')

  it('a VM that may hold jobs is deleted only after a drain, a loss or a fault', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        let now = start
        let record = newRecord(start)
        for (const { kind, delay, lag, reason } of events) {
          now += delay
          const before = record
          record = advance(record, { kind, at: now - lag, reason }, now)
          if (before.state === 'serving' && record.state === 'deleting') {
            expect(['absent', 'powered-off', 'cloud-error']).toContain(kind)
          }
          if (
            record.state !== before.state &&
            record.state !== 'serving' &&
            before.state !== 'held' &&
            record.state !== 'held'
          ) {
            expect(order.indexOf(record.state)).toBeGreaterThan(order.indexOf(before.state))
          }
          if (record.state === 'draining') expect(record.drain).toBeDefined()
          if (record.state === 'deleting') expect(record.reason).toBeDefined()
          if (before.state === 'gone') expect(record).toBe(before)
        }
      }),
    )
  })

  it('every state but the last has a way out', () => {
    const stuck = vmStates.filter((state) => Object.keys(transitions[state]).length === 0)
    expect(stuck).toEqual(['gone'])
  })
})
