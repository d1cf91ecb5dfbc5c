import { expect, test } from 'vitest'
import type { Api, ReplicationStatus } from '#api/types.ts'
import { copied, replication } from './samples.ts'
import { runCli } from './support.ts'

const argv = ['image', 'replicate', 'cat', '--to', 'east', '--wait']
const status = (state: ReplicationStatus['state'], message: string): ReplicationStatus => ({
  state,
  percent: 0,
  sizeBytes: 1000,
  message,
})
const watching = (...states: ReplicationStatus[]): Partial<Api> => ({
  replicateImage: async () => replication,
  async *watchReplication() {
    yield* states
  },
})

test('each change is a line on stderr, the end is on stdout', async () => {
  const states = [status('fetching', 'copying, 0 %'), status('sending', 'copying, 60 %'), copied]
  const { code, out, err } = await runCli(argv, { api: watching(...states) })
  expect(code).toBe(0)
  expect(err).toBe('east | copying, 0 %\neast | copying, 60 %\neast | copied, with the same hash\n')
  expect(out).toContain(copied.copy?.id)
})

test('a copy that failed is no success, and says why', async () => {
  const problem = { code: 'HashMismatch', kind: 'failure', message: 'the data are not those of the image' } as const
  const failed = { ...status('failed', problem.message), problem }
  const { code, out, err } = await runCli([...argv, '-o', 'json'], { api: watching(failed) })
  expect(code).toBe(1)
  expect(JSON.parse(out)).toMatchObject({ kind: 'ImageReplication', item: { state: 'failed', problem } })
  expect(err).toContain('HashMismatch')
})

test('who stops waiting is told that it goes on, and how to look on', async () => {
  const stop = new AbortController()
  const api: Partial<Api> = {
    replicateImage: async () => replication,
    async *watchReplication(_id, signal) {
      yield status('fetching', 'copying, 0 %')
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      stop.abort()
      await aborted
    },
  }
  const { err } = await runCli(argv, { api, signal: stop.signal })
  expect(err).toContain('the copying goes on')
  expect(err).toContain(`canfar-batch image replicate ${replication.id} --from arbutus --to east --wait`)
})

test('a run that was there is said', async () => {
  const api = { replicateImage: async () => ({ ...replication, alreadyRunning: true }) }
  const { err } = await runCli(argv.slice(0, -1), { api })
  expect(err).toContain('Already being copied')
})

test('without --to it is not begun', async () => {
  expect(await runCli(['image', 'replicate', 'cat'], { api: {} })).toMatchObject({ code: 2, opened: 0 })
})
