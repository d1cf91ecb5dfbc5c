import { expect, test } from 'vitest'
import { stampOf } from '#contract/submission.ts'

test('two runs of one submission within the same minute have different stamps', () => {
  // as Temporal makes them: UUID version 7, whose first 48 bits are the time
  const runs = ['019aa5d2-7c01-7f3e-9d4b-0c55e3a1b201', '019aa5d2-8f40-7aa1-8c1e-55d20f7c9f02']
  const [first, second] = runs.map((run) => stampOf('submission/ann/060b5f693fd4', run))
  expect(first).toMatch(/^060b5f693fd4\.[0-9a-f]{8}$/)
  expect(second).not.toBe(first)
})
