import { expect, test } from 'vitest'
import type { Api, SubmissionProgress } from '#api/types.ts'
import { progress, submission } from './samples.ts'
import { runCli } from './support.ts'

const watching = (...states: SubmissionProgress[]): Partial<Api> => ({
  submit: async () => submission,
  async *watchSubmission() {
    yield* states
  },
})

const hanging: Partial<Api> = {
  submit: async () => submission,
  async *watchSubmission(_id, signal) {
    yield progress('queued', { idle: 4 })
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  },
}

const argv = ['submit', 'do.sub', '--wait']

test('each change is a line on stderr, the end is on stdout', async () => {
  const booting = [{ name: 'vm1', cloud: 'east', state: 'building' }] as const
  const running = progress('queued', { idle: 1, running: 3 }, { vms: [...booting], message: 'one VM is building' })
  const { code, out, err } = await runCli(argv, {
    api: watching(progress('sharing', {}), running, running, progress('done', { completed: 4 })),
  })
  expect(code).toBe(0)
  expect(err).toBe(
    'sharing\nqueued | 1 idle, 3 running | VMs: 1 east building | one VM is building\ndone | 4 completed\n',
  )
  expect(out).toMatchInlineSnapshot(`
    "submission  submission/alice/3f2a9c0d
    state       done
    clusters    12 (4 jobs)
    jobs        4 completed
    web         http://127.0.0.1:8233/namespaces/default/workflows/submission%2Falice%2F3f2a9c0d
    "
  `)
})

test('on a terminal it is one line, written over and cleared at the end', async () => {
  const { err } = await runCli(argv, {
    terminal: 20,
    environment: { NO_COLOR: '1' },
    api: watching(
      progress('queued', { idle: 4 }, { message: 'longer than the terminal' }),
      progress('done', { completed: 4 }),
    ),
  })
  expect(err).toBe('\r\u001B[Kqueued | 4 idle | l\r\u001B[Kdone | 4 completed\r\u001B[K')
})

test('failed and removed jobs end with 1, the document all the same', async () => {
  const failed = await runCli([...argv, '-o', 'json'], { api: watching(progress('done', { completed: 3, failed: 1 })) })
  expect(failed.code).toBe(1)
  expect(JSON.parse(failed.out)).toMatchObject({ kind: 'Submission', item: { state: 'done', counts: { failed: 1 } } })
  expect(failed.err).toContain('"JobsFailed"')
  expect(await runCli(argv, { api: watching(progress('removed', { removed: 4 })) })).toMatchObject({ code: 1 })
})

test('a submission that failed ends with the code of its problem', async () => {
  const problem = { code: 'CertificateExpired', kind: 'auth', message: 'expired' } as const
  const { code, err } = await runCli(argv, { api: watching(progress('failed', {}, { problem })) })
  expect(code).toBe(4)
  expect(err).toContain('error: expired')
})

test('--timeout ends with 5 and says that the submission goes on', async () => {
  const { code, err } = await runCli([...argv, '--timeout', '30ms'], { api: hanging })
  expect(code).toBe(5)
  expect(err).toContain('not done after 0s; it goes on')
  expect(err).toContain('canfar-batch job list --submission submission/alice/3f2a9c0d')
})

test('a watch that ends before the submission does is no success', async () => {
  expect(await runCli(argv, { api: watching(progress('queued', { idle: 4 })) })).toMatchObject({ code: 5 })
})

test('an interrupt ends the waiting with 130 and says that the submission goes on', async () => {
  const controller = new AbortController()
  const api: Partial<Api> = {
    ...hanging,
    async *watchSubmission() {
      yield progress('queued', { idle: 4 })
      controller.abort('SIGINT')
      // Deaf to its signal, as a call into some library may be.
      await new Promise(() => {})
    },
  }
  const { code, err } = await runCli(argv, { api, signal: controller.signal })
  expect(code).toBe(130)
  expect(err).toContain('Stopped waiting; the submission goes on')
})

test('--no-wait returns at once', async () => {
  const { code, out } = await runCli(['submit', 'do.sub', '--no-wait'], { api: { submit: async () => submission } })
  expect(code).toBe(0)
  expect(out).toContain('12 (4 jobs)')
})
