import { expect, test } from 'vitest'
import type { Api, Check } from '#api/types.ts'
import { Problem } from '#domain/problem.ts'
import { nodeCheck } from '../../cli/doctor/node.ts'
import { runCli } from './support.ts'

const diagnosing = (...checks: Check[]): Partial<Api> => ({
  async *diagnose() {
    yield* checks
  },
})

const good: Check = { name: 'Temporal', ok: true, detail: '127.0.0.1:7233, namespace default' }
const doubtful: Check = { name: 'certificate', ok: 'warn', detail: 'ends in 2 days', next: 'canfar-batch cert renew' }
const bad: Check = { name: 'schedd', ok: false, detail: 'condor_q: connection refused', next: 'systemctl start condor' }

test('one line and one next command each; warnings do not fail', async () => {
  const { code, out } = await runCli(['doctor'], { api: diagnosing(good, doubtful) })
  expect(code).toBe(0)
  expect(out.replace(process.version, 'v24')).toBe(`ok    Node.js                 v24
ok    Temporal                127.0.0.1:7233, namespace default
warn  certificate             ends in 2 days
      next: canfar-batch cert renew
`)
})

test('a failed check ends with 1', async () => {
  const { code, out, err } = await runCli(['doctor'], { api: diagnosing(bad, good) })
  expect(code).toBe(1)
  expect(out).toContain('FAIL  schedd')
  expect(out).toContain('next: systemctl start condor')
  expect(err).toContain('1 of 3 checks failed: schedd')
})

test('for programs it is one document', async () => {
  const { code, out } = await runCli(['doctor', '-o', 'json'], { api: diagnosing(good, bad) })
  expect(code).toBe(1)
  const node = { name: 'Node.js', ok: true, detail: process.version }
  expect(JSON.parse(out)).toEqual({ version: 1, kind: 'CheckList', items: [node, good, bad] })
})

test('it works without a configuration, and says where one belongs', async () => {
  const openError = new Problem({
    code: 'ConfigMissing',
    kind: 'auth',
    message: 'no configuration was found',
    next: 'set CANFAR_BATCH_CONFIG',
  })
  const { code, out } = await runCli(['doctor'], { openError })
  expect(code).toBe(1)
  expect(out).toContain('FAIL  configuration')
  expect(out).toContain('next: set CANFAR_BATCH_CONFIG')
})

test('a check that throws in the middle keeps what was found before', async () => {
  const api: Partial<Api> = {
    async *diagnose() {
      yield good
      throw new Error('boom')
    },
  }
  const { code, out } = await runCli(['doctor'], { api })
  expect(code).toBe(1)
  expect(out).toContain('ok    Temporal')
  expect(out).toContain('FAIL  canfar-batch            boom')
})

test('an old Node.js is a failed check', () => {
  expect(nodeCheck('v20.20.2')).toMatchObject({ ok: false, next: expect.stringContaining('CANFAR_NODE') })
  expect(nodeCheck('v24.0.0')).toMatchObject({ ok: true })
})
