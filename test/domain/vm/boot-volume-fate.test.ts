import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fateOf, type VolumeFate } from '#domain/vm/boot-volume-fate.ts'

const own = new Set(['s1', 's2'])

it.each<[string, string[], VolumeFate, VolumeFate]>([
  ['available', [], 'delete', 'delete'],
  ['error', [], 'delete', 'delete'],
  ['deleting', [], 'wait', 'wait'],
  ['error_deleting', [], 'force', 'force'],
  ['in-use', ['s1'], 'wait', 'force'],
  ['detaching', ['s2'], 'wait', 'force'],
  ['detaching', [], 'wait', 'wait'],
  // somebody may be about to take it
  ['reserved', [], 'wait', 'wait'],
  ['attaching', [], 'wait', 'wait'],
  ['in-use', ['desktop'], 'leave', 'leave'],
  ['in-use', ['s1', 'desktop'], 'leave', 'leave'],
])('a volume that is %s, attached to %j: %s, and %s in the end', (status, servers, first, last) => {
  expect(fateOf({ status, servers }, own, true)).toBe(first)
  expect(fateOf({ status, servers }, own, false)).toBe(last)
})

it('whatever its status: one that is attached to something else is left alone', () => {
  const servers = fc.array(fc.constantFrom('s1', 's2', 'desktop', null), { maxLength: 3 })
  const status = fc.oneof(fc.string(), fc.constantFrom('available', 'error', 'error_deleting', 'in-use', 'deleting'))
  fc.assert(
    fc.property(servers, status, fc.boolean(), (attached, now, patient) => {
      const foreign = attached.some((one) => one === null || !own.has(one))
      expect(fateOf({ status: now, servers: attached }, own, patient) === 'leave').toBe(foreign)
    }),
  )
})
