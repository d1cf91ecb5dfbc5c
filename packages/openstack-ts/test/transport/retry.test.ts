import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { retryDelayMs } from '../../src/transport/retry.ts'

const policy = fc.record({
  retries: fc.nat(8),
  baseDelayMs: fc.integer({ min: 1, max: 1000 }),
  maxDelayMs: fc.integer({ min: 1, max: 60_000 }),
})
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test('never more tries than allowed, never longer than the ceiling', () => {
  fc.assert(
    fc.property(policy, fc.nat(10), random, (limits, retry, dice) => {
      const delay = retryDelayMs(limits, retry, undefined, dice) ?? 'given up'
      const ceiling = Math.min(limits.maxDelayMs, limits.baseDelayMs * 2 ** retry)
      const right =
        retry < limits.retries ? delay !== 'given up' && delay >= 0 && delay <= ceiling : delay === 'given up'
      expect({ delay, right }).toEqual({ delay, right: true })
    }),
  )
})

test('never earlier than Retry-After, and not at all if that is too long', () => {
  fc.assert(
    fc.property(policy, fc.nat(120_000), random, (limits, asked, dice) => {
      const delay = retryDelayMs({ ...limits, retries: 1 }, 0, asked, dice) ?? 'given up'
      const right = asked > limits.maxDelayMs ? delay === 'given up' : delay !== 'given up' && delay >= asked
      expect({ delay, right }).toEqual({ delay, right: true })
    }),
  )
})
