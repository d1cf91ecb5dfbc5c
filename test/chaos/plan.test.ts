import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PLANNED_CLOUDS as clouds } from './clouds.ts'
import { faultKinds } from './faults/all.ts'
import { LONG, SHORT } from './forms.ts'
import { planOf } from './plan.ts'

test('the same number is the same storm, another is another', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const plan = planOf(seed, LONG, faultKinds, clouds)
      expect(plan).toEqual(planOf(seed, LONG, faultKinds, clouds))
      expect(plan.faults).not.toEqual(planOf(seed + 1, LONG, faultKinds, clouds).faults)
    }),
    { numRuns: 50 },
  )
})

test('faults come in order, within the storm, and those of one group one after another', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const { faults, storm } = planOf(seed, LONG, faultKinds, clouds)
      const groups = Map.groupBy(faults, ({ kind }) => faultKinds.find((one) => one.kind === kind)?.group)
      for (const [group, own] of groups) {
        if (group === undefined) continue
        for (const [n, { at }] of own.entries()) {
          const before = own[n - 1]
          expect(at).toBeLessThanOrEqual(storm)
          if (before !== undefined) expect(at).toBeGreaterThan(before.at + before.lasts)
        }
      }
    }),
    { numRuns: 50 },
  )
})

test('a long storm leaves out nearly no kind; thirty small ones hardly any', () => {
  const long = new Set(planOf(1, LONG, faultKinds, clouds).faults.map(({ kind }) => kind))
  expect(long.size).toBeGreaterThan(0.8 * faultKinds.length)
  const small = Array.from({ length: 30 }, (_, seed) => planOf(seed, SHORT, faultKinds, clouds).faults).flat()
  expect(new Set(small.map(({ kind }) => kind)).size).toBeGreaterThan(0.9 * faultKinds.length)
})

test('every storm has jobs for each cloud', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const { submissions } = planOf(seed, SHORT, faultKinds, clouds)
      for (const { name, vms } of clouds) {
        const own = submissions.filter(({ cloud }) => cloud === name)
        expect(own.length).toBeGreaterThan(0)
        expect(Math.max(...own.map(({ jobs }) => jobs))).toBeLessThanOrEqual(vms)
      }
    }),
    { numRuns: 50 },
  )
})
