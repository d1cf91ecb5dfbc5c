import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { retryAfterMs } from '../../src/error/retry-after.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')

test('seconds', () => {
  fc.assert(
    fc.property(fc.nat(1e6), (seconds) => {
      expect(retryAfterMs(String(seconds), NOW)).toBe(seconds * 1000)
    }),
  )
})

test('a date, never negative', () => {
  expect(retryAfterMs('Thu, 01 Jan 2026 00:00:30 GMT', NOW)).toBe(30_000)
  expect(retryAfterMs('Wed, 31 Dec 2025 00:00:00 GMT', NOW)).toBe(0)
})

test.each([undefined, '', 'soon', '-5', '1.5'])('senseless: %s', (header) => {
  expect(retryAfterMs(header, NOW)).toBeUndefined()
})
