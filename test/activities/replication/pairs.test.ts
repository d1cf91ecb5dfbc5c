import { expect, test } from 'vitest'
import { Pairs } from '#activities/replication/pairs.ts'

const never = new AbortController().signal

test('no more copies of a pair at a time, and the next as soon as one has ended', async () => {
  const pairs = new Pairs({ bytesPerSecond: 1e9, copiesPerPair: 2 })
  let running = 0
  let most = 0
  const work = async (): Promise<void> => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setTimeout(resolve, 5))
    running--
  }
  await Promise.all(Array.from({ length: 7 }, () => pairs.run('arbutus east', 'fetch', never, work)))
  expect(most).toBe(2)
})

test('one that fails gives its place back, one that is cancelled while it waits takes none', async () => {
  const pairs = new Pairs({ bytesPerSecond: 1e9, copiesPerPair: 1 })
  const { promise: first, reject: failFirst } = Promise.withResolvers<void>()
  const running = pairs.run('arbutus east', 'fetch', never, () => first)
  const cancelled = new AbortController()
  const waiting = pairs.run('arbutus east', 'fetch', cancelled.signal, async () => 'never')
  const other = pairs.run('east arbutus', 'fetch', never, async () => 'another pair')
  expect(await other).toBe('another pair')
  cancelled.abort(new Error('cancelled'))
  await expect(waiting).rejects.toThrow('cancelled')
  failFirst(new Error('broken'))
  await expect(running).rejects.toThrow('broken')
  expect(await pairs.run('arbutus east', 'fetch', never, async () => 'next')).toBe('next')
})

test('copies of a pair share its bandwidth, each way has its own', async () => {
  const pairs = new Pairs({ bytesPerSecond: 10_000, copiesPerPair: 3 })
  const begun = performance.now()
  const send = (way: string) =>
    pairs.run('arbutus east', way, never, async (pace) => {
      for (let n = 0; n < 5; n++) await pace(100)
    })
  await Promise.all([send('fetch'), send('fetch'), send('send')])
  const ms = performance.now() - begun
  // 1,000 bytes that way, of which the last 100 need not be waited for
  expect(ms).toBeGreaterThan(85)
  expect(await pairs.run('arbutus east', 'other', never, async () => 'done')).toBe('done')
})
