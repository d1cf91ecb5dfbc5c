import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeProgress, percentOf, type ReplicationProgress } from '#domain/replication/progress.ts'

const at = (fetchedBytes: number, sentBytes: number, state: ReplicationProgress['state'] = 'sending') => ({
  state,
  fetchedBytes,
  sentBytes,
  sizeBytes: 1000,
})

test('each byte goes twice', () => {
  expect(percentOf(at(500, 0))).toBe(25)
  expect(percentOf(at(1000, 500))).toBe(75)
  expect(describeProgress(at(800, 0, 'fetching'))).toBe('copying, 40 %')
  expect(describeProgress(at(1000, 999))).toBe('copying, 99 %')
})

test('0 to 100, and 100 only at the end', () => {
  const bytes = fc.nat(2000)
  fc.assert(
    fc.property(bytes, bytes, bytes, (fetchedBytes, sentBytes, sizeBytes) => {
      const percent = percentOf({ state: 'sending', fetchedBytes, sentBytes, sizeBytes })
      expect(percent).toBeGreaterThanOrEqual(0)
      expect(percent).toBeLessThanOrEqual(100)
      if (percent === 100) expect(Math.min(fetchedBytes, sentBytes)).toBeGreaterThanOrEqual(sizeBytes)
    }),
  )
})
