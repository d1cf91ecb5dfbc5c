import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { closeProved, probesUnderWay } from '#domain/fleet/breaker-supply.ts'
import { blameOf } from '#domain/fleet/blame.ts'
import {
  breakerAllows,
  breakerKey,
  breakerState,
  recordOutcome,
  type Breakers,
  type BootTarget,
  type Outcome,
} from '#domain/fleet/breakers.ts'
import { planFleet } from '#domain/fleet/plan.ts'
import { demandShape } from '#domain/fleet/shape.ts'
import { vmReasons, type VmReason } from '#domain/vm/reason.ts'
import { c2, cloud, input, jobs, minute, now, vm } from './world.ts'

const target: BootTarget = {
  cloud: 'arbutus',
  image: 'image-a',
  flavor: c2.id,
  shape: demandShape(jobs(1)),
}
const imageKey = breakerKey('image', target)
const capacityKey = breakerKey('capacity', target)
const none = new Map<string, number>()

const ended = (reason: VmReason, changes: Partial<Outcome> = {}): Outcome => ({
  ...target,
  reason,
  served: false,
  bornAt: now - 5 * minute,
  ...changes,
})
const after = (...outcomes: Outcome[]): Breakers =>
  outcomes.reduce((breakers, outcome) => recordOutcome(breakers, outcome, now), {} as Breakers)
const joinTimeouts = after(ended('JoinTimeout'), ended('JoinTimeout'), ended('JoinTimeout'))

describe('opening', () => {
  test('after three failures in a row, not before', () => {
    const two = after(ended('JoinTimeout'), ended('BuildTimeout'))
    expect(breakerAllows(two, target, now, none)).toEqual({ allows: true, probe: false })
    expect(breakerAllows(joinTimeouts, target, now, none)).toMatchObject({ allows: false, probing: false })
  })

  test('a VM born since then that ran a job ends the row; an older one does not', () => {
    const good = (bornAt: number) => ended('Idle', { served: true, bornAt })
    const outcomes = (bornAt: number) => [
      ended('JoinTimeout'),
      ended('JoinTimeout'),
      good(bornAt),
      ended('JoinTimeout'),
    ]
    expect(breakerState(after(...outcomes(now - minute))[imageKey], now)).toBe('closed')
    expect(breakerState(after(...outcomes(now - 60 * minute))[imageKey], now)).toBe('open')
  })

  test('failures hours apart are no row', () => {
    const late = now + 7 * 60 * minute
    const one = recordOutcome(
      after(ended('JoinTimeout'), ended('JoinTimeout')),
      ended('JoinTimeout', { bornAt: late }),
      late,
    )
    expect(one[imageKey]?.failures).toBe(1)
  })

  test('at once where one answer is proof', () => {
    for (const reason of ['ImageUnusable', 'NeverMatched'] as const) {
      expect(breakerState(after(ended(reason))[imageKey], now)).toBe('open')
    }
  })

  test('lack of capacity blames no image, and stops every image of the flavor there', () => {
    const full = after(ended('NoCapacity'))
    expect(Object.keys(full)).toEqual([capacityKey])
    expect(breakerAllows(full, { ...target, image: 'another', shape: 'other' }, now, none).allows).toBe(false)
    expect(breakerAllows(full, { ...target, flavor: 'c8-id' }, now, none).allows).toBe(true)
    expect(breakerAllows(full, { ...target, cloud: 'east' }, now, none).allows).toBe(true)
    expect(breakerAllows(full, { ...target, zone: 'nova-2' }, now, none).allows).toBe(true)
  })

  test("one user's impossible jobs do not close the image for other jobs", () => {
    expect(breakerAllows(joinTimeouts, { ...target, shape: 'other' }, now, none).allows).toBe(true)
  })

  test('a served VM proves its image and its place, unless it ended as a black hole', () => {
    const bothOpen = recordOutcome(joinTimeouts, ended('NoCapacity'), now)
    expect(Object.keys(recordOutcome(bothOpen, ended('Idle', { served: true, bornAt: now + 1 }), now))).toEqual([])
    const hole = recordOutcome(bothOpen, ended('BlackHole', { served: true, bornAt: now + 1 }), now)
    expect(Object.keys(hole)).toEqual([imageKey])
    expect(hole[imageKey]?.failures).toBe(4)
  })

  test('what each reason counts against', () => {
    const against = (reason: VmReason) => blameOf[reason]?.against ?? 'nothing'
    expect(Object.groupBy(vmReasons, against)).toEqual({
      image: [
        'BuildTimeout',
        'JoinTimeout',
        'NoFirstJob',
        'NeverMatched',
        'CloudError',
        'ImageUnusable',
        'BlackHole',
        'SelfShutdown',
      ],
      capacity: ['CreateUnknown', 'NoCapacity', 'QuotaExceeded', 'Vanished'],
      nothing: ['NameTaken', 'Idle', 'Lifetime', 'NoDemand', 'Retired', 'DeleteStuck'],
    })
  })
})

describe('half-open', () => {
  const later = now + 5 * minute
  const probe = (state: 'building' | 'deleting' | 'serving', changes = {}) =>
    vm(state, { bornAt: later, shape: target.shape, ...changes })
  const noZone = () => undefined

  test('after five minutes one VM may try', () => {
    expect(breakerState(joinTimeouts[imageKey], later - 1)).toBe('open')
    expect(breakerAllows(joinTimeouts, target, later, none)).toEqual({ allows: true, probe: true })
  })

  test('and no other, until it has ended or proved itself', () => {
    for (const state of ['building', 'serving', 'deleting'] as const) {
      const probes = probesUnderWay(joinTimeouts, [probe(state)], noZone)
      expect(breakerAllows(joinTimeouts, target, later, probes)).toMatchObject({ allows: false, probing: true })
    }
  })

  test('VMs that were under way when it opened are no probes, and their failures do not prolong it', () => {
    const old = vm('building', { bornAt: now - minute, shape: target.shape })
    expect(probesUnderWay(joinTimeouts, [old], noZone)).toEqual(none)
    expect(recordOutcome(joinTimeouts, ended('JoinTimeout'), now + minute)).toEqual(joinTimeouts)
  })

  test('a probe that runs a job closes it', () => {
    expect(closeProved(joinTimeouts, [probe('serving', { served: true })], noZone)).toEqual({})
    expect(closeProved(joinTimeouts, [probe('serving', { served: false })], noZone)).toEqual(joinTimeouts)
  })

  test('a VM that was there before the trouble proves nothing', () => {
    const old = probe('serving', { served: true, bornAt: now - 60 * minute })
    expect(closeProved(joinTimeouts, [old], noZone)).toEqual(joinTimeouts)
  })

  test('where a place was lacking, being ACTIVE is proof enough', () => {
    const full = after(ended('NoCapacity'))
    expect(closeProved(full, [probe('building')], noZone)).toEqual(full)
    expect(closeProved(full, [vm('booted', { bornAt: now + minute })], noZone)).toEqual({})
  })

  test('each failed probe doubles the pause, up to two hours', () => {
    let breakers = joinTimeouts
    const pauses = Array.from({ length: 7 }, () => {
      const at = breakers[imageKey]?.opened?.until ?? 0
      breakers = recordOutcome(breakers, ended('JoinTimeout', { bornAt: at }), at)
      return ((breakers[imageKey]?.opened?.until ?? 0) - at) / minute
    })
    expect(pauses).toEqual([10, 20, 40, 80, 120, 120, 120])
  })

  test('what nobody asked for during a day is forgotten', () => {
    const other = ended('Idle', { cloud: 'east' })
    expect(Object.keys(recordOutcome(joinTimeouts, other, now + 23 * 60 * minute))).toEqual([imageKey])
    expect(recordOutcome(joinTimeouts, other, now + 25 * 60 * minute)).toEqual({})
  })
})

describe('in the plan', () => {
  const later = now + 6 * minute
  const plan = (breakers: Breakers, at = now, supply = [vm('draining')], clouds = [cloud('arbutus')]) =>
    planFleet(input({ demand: [jobs(20)], breakers, now: at, supply, clouds }))

  test('open: nothing, and the verdict says why and until when', () => {
    const { boots, verdicts, unsettled } = plan(
      after(...Array(3).fill(ended('JoinTimeout', { note: 'no ad after 15 min' }))),
    )
    expect({ boots, unsettled }).toEqual({ boots: [], unsettled: true })
    expect(verdicts[0]).toMatchObject({
      verdict: 'breaker-open',
      reason:
        '3 VMs in a row failed with this image and flavor for such jobs, the last with JoinTimeout (no ad after 15 min); ' +
        'one VM will try again in 5 min',
    })
  })

  test('half-open: exactly one, marked as probe; then none while it is under way', () => {
    const first = plan(joinTimeouts, later)
    expect(first.boots).toMatchObject([{ count: 1, probe: true }])
    expect(first.verdicts[0]?.reason).toContain(
      'boots 1 VM of c2-7.5gb-31 (2 cores), up to 2 jobs each, to find out whether it works again',
    )
    const second = plan(joinTimeouts, later, [vm('creating', { bornAt: later, shape: target.shape })])
    expect(second.boots).toEqual([])
    expect(second.verdicts[0]?.reason).toContain('one VM is on its way to find out')
  })

  test('proved: all that is needed', () => {
    const slots = { free: { cpus: 0, memoryMb: 0, diskKb: 0 }, jobs: 2 }
    const proved = vm('serving', { bornAt: later, shape: target.shape, served: true, slots })
    const { boots, breakers } = plan(joinTimeouts, later, [proved])
    expect(boots).toMatchObject([{ count: 10, probe: false }])
    expect(breakers).toEqual({})
  })

  test('one broken cloud does not hold up the other', () => {
    const { boots } = plan(joinTimeouts, now, [], [cloud('arbutus', { priority: 9 }), cloud('east')])
    expect(boots).toMatchObject([{ cloud: 'east', count: 10 }])
  })
})

/** Any history of ends and questions: time goes on, VMs are born when the breaker lets them, and end some time later. */
test('whatever happens, between opening and closing never two probes at a time', () => {
  const step = fc.record({
    wait: fc.nat(20),
    ends: fc.constantFrom<VmReason>('JoinTimeout', 'Idle', 'NoCapacity', 'Retired'),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let breakers: Breakers = {}
      let at = now
      let living = [vm('building', { id: 'vm-0', bornAt: at, shape: target.shape })]
      steps.forEach(({ wait, ends }, index) => {
        at += wait * minute
        const probes = probesUnderWay(breakers, living, () => undefined)
        const opened = breakers[imageKey]?.opened
        if (breakerAllows(breakers, target, at, probes).allows) {
          living.push(vm('building', { id: `vm-${index + 1}`, bornAt: at, shape: target.shape }))
        }
        const since = opened === undefined ? Infinity : opened.at
        expect(living.filter(({ bornAt }) => bornAt > since).length).toBeLessThanOrEqual(1)
        const [first, ...rest] = living
        if (first === undefined || index % 2 === 0) return
        living = rest
        breakers = recordOutcome(breakers, ended(ends, { bornAt: first.bornAt, served: ends === 'Idle' }), at)
      })
    }),
    { numRuns: 500 },
  )
})
