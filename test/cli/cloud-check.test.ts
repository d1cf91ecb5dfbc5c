import { expect, test } from 'vitest'
import type { Api, Check, CloudCheckOptions } from '#api/types.ts'
import { Problem } from '#domain/problem.ts'
import { runCli } from './support.ts'

const good: Check = { name: 'credential', ok: true, detail: 'application credential site of batch' }
const spare: Check = { name: 'key', ok: 'skipped', detail: 'none is configured' }
const bad: Check = { name: 'network', ok: false, detail: 'there is no network x', next: 'Correct "network".' }

interface Asked extends CloudCheckOptions {
  cloud: string
}

function checking(...checks: Check[]): { api: Partial<Api>; asked: Asked[] } {
  const asked: Asked[] = []
  const api: Partial<Api> = {
    async cloudNames(name) {
      const known = ['arbutus', 'east']
      if (name === undefined) return known
      if (known.includes(name)) return [name]
      throw new Problem({ code: 'CloudNotFound', kind: 'not-found', message: `there is no cloud ${name}` })
    },
    async *checkCloud(cloud, options) {
      asked.push({ cloud, ...options })
      yield* checks
    },
  }
  return { api, asked }
}

test('is one line a check, and one more for what is to be done', async () => {
  const { api, asked } = checking(good, spare, bad)
  const { code, out, err } = await runCli(['cloud', 'check', 'arb'], { api })
  expect(out).toBe(`ok    credential              application credential site of batch
skip  key                     none is configured
FAIL  network                 there is no network x
      next: Correct "network".
`)
  expect(err).toContain('1 of 3 checks failed: network')
  expect(code).toBe(1)
  expect(asked).toEqual([{ cloud: 'arbutus', signal: expect.any(AbortSignal) }])
})

test('is a document for programs; what was passed over does not fail', async () => {
  const { code, out } = await runCli(['cloud', 'check', 'arbutus', '-o', 'json'], checking(good, spare))
  expect(code).toBe(0)
  expect(JSON.parse(out)).toEqual({ version: 1, kind: 'CheckList', items: [good, spare] })
})

test('boots only if it is told to, of what it is told', async () => {
  const { api, asked } = checking(good)
  await runCli(['cloud', 'check', 'east', '--boot', '--image', 'debian', '--flavor', 'c1'], { api })
  await runCli(['cloud', 'check', 'east', '--boot'], { api })
  expect(asked).toMatchObject([{ boot: { image: 'debian', flavor: 'c1' } }, { boot: {} }])
  for (const option of ['--image', '--flavor']) {
    const { code, err } = await runCli(['cloud', 'check', 'east', option, 'x'], { api })
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('--boot') })
  }
  expect(asked).toHaveLength(2)
})

test('a cloud that is not configured is not found', async () => {
  const { code, err } = await runCli(['cloud', 'check', 'west'], checking(good))
  expect({ code, err }).toMatchObject({ code: 3, err: expect.stringContaining('known: arbutus, east') })
})

test('a signal ends it with its own code, after it has shown and cleaned up what there was', async () => {
  const ending = new AbortController()
  const { api } = checking()
  api.checkCloud = async function* (_cloud, { signal }) {
    yield good
    ending.abort('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 50))
    yield { name: 'boot: deleted', ok: true, detail: `aborted: ${signal.aborted}` }
  }
  const { code, out } = await runCli(['cloud', 'check', 'east', '--boot'], { api, signal: ending.signal })
  expect(code).toBe(130)
  expect(out).toContain('boot: deleted           aborted: true')
})
