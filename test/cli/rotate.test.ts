import { expect, test } from 'vitest'
import type { Api, CloudDetails, RotationStatus } from '#api/types.ts'
import { cloudDetails, inGrace, rotated, rotation } from './samples.ts'
import { runCli } from './support.ts'

const argv = ['cloud', 'rotate', 'arbutus']
const making: RotationStatus = { state: 'making', message: 'making a credential' }
const watching = (...states: RotationStatus[]): Partial<Api> => ({
  rotateCredential: async () => rotation,
  async *watchRotation() {
    yield* states
  },
})

test('it waits until the new one is used; with --wait, until the older one is gone', async () => {
  const api = watching(making, inGrace, rotated)
  const used = await runCli([...argv, '-o', 'json'], { api })
  expect(JSON.parse(used.out)).toMatchObject({ item: { state: 'grace', retires: inGrace.retires } })
  const gone = await runCli([...argv, '--wait', '-o', 'json'], { api })
  expect(JSON.parse(gone.out)).toMatchObject({ item: { state: 'rotated', deleted: rotated.deleted } })
  expect(gone.err.split('\n').filter((line) => line.startsWith('arbutus | '))).toHaveLength(3)
})

test('whose credential makes it is said, and named by --os-cloud', async () => {
  const asked: (string | undefined)[] = []
  const api: Partial<Api> = {
    ...watching(rotated),
    rotateCredential: async (_name, lender) => {
      asked.push(lender)
      return { ...rotation, owner: lender ?? 'the site' }
    },
  }
  expect((await runCli(argv, { api })).err).toContain('made by the site')
  expect((await runCli([...argv, '--os-cloud', 'olga'], { api })).err).toContain('made by olga')
  expect(asked).toEqual([undefined, 'olga'])
})

test('one that failed is no success, and says why', async () => {
  const problem = { code: 'OwnerRestricted', kind: 'auth', message: 'it can make no application credentials' } as const
  const { code, out, err } = await runCli([...argv, '-o', 'json'], {
    api: watching(making, { state: 'failed', message: problem.message, problem }),
  })
  expect(code).toBe(4)
  expect(JSON.parse(out)).toMatchObject({ item: { state: 'failed', problem } })
  expect(err).toContain('OwnerRestricted')
})

test('who stops waiting is told that it goes on, and how to look on', async () => {
  const stop = new AbortController()
  const api: Partial<Api> = {
    rotateCredential: async () => ({ ...rotation, alreadyRunning: true }),
    async *watchRotation(_id, signal) {
      yield making
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      stop.abort()
      await aborted
    },
  }
  const { err } = await runCli(argv, { api, signal: stop.signal })
  expect(err).toContain('Already being rotated')
  expect(err).toContain('the rotation goes on: canfar-batch cloud rotate arbutus')
})

test.each<[string, NonNullable<CloudDetails['rotation']>, RegExp]>([
  [
    'never',
    {},
    /last rotation +none by canfar-batch\n.*next rotation +when somebody asks: canfar-batch cloud rotate arbutus/s,
  ],
  ['soon', { next: '1970-01-01T00:00:00.000Z' }, /next rotation +with the next housekeeping/],
  ['now', { state: 'grace' }, /next rotation +now: grace/],
  ['badly', { problem: 'it was terminated' }, /rotation +failed: it was terminated/],
])('cloud show says when the credential was rotated, and will be: %s', async (_when, seen, text) => {
  const { out } = await runCli(['cloud', 'show', 'arbutus'], {
    api: { showCloud: async () => ({ ...cloudDetails, rotation: seen }) },
  })
  expect(out).toMatch(text)
})
