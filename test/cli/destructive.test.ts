import { expect, test } from 'vitest'
import type { Api } from '#api/types.ts'
import * as sample from './samples.ts'
import { runCli } from './support.ts'

const recording = (): { api: Partial<Api>; done: string[] } => {
  const done: string[] = []
  return {
    done,
    api: {
      removeJobs: async (ids) => {
        done.push(...ids)
        return ids.map((id) => ({ id, ok: id !== '13', detail: id === '13' ? 'not yours' : '' }))
      },
      showVm: async (name) => ({ ...sample.vmDetails, name }),
      retireVm: async (name, reason, options) => {
        done.push(`${name} ${reason} ${String(options.drain)}`)
        return { name, state: 'draining', detail: '' }
      },
    },
  }
}

const destructive = [
  ['job', 'remove', '12'],
  ['vm', 'retire', 'canfar-arbutus-3f2a9c0d1e4b5a67'],
]

test.each(destructive)('%s %s without --yes is refused where nobody can be asked', async (...argv) => {
  const { api, done } = recording()
  const { code, err } = await runCli(argv, { api })
  expect(code).toBe(2)
  expect(err).toContain('next: add --yes')
  expect(done).toEqual([])
})

test.each(destructive)('%s %s asks at a terminal', async (...argv) => {
  const { api, done } = recording()
  for (const answer of ['n\n', '\n', 'yesterday\n', '']) {
    expect(await runCli(argv, { api, terminal: 120, answer })).toMatchObject({ code: 1, out: '' })
  }
  expect(done).toEqual([])
  const { code, err } = await runCli(argv, { api, terminal: 120, answer: 'y\n' })
  expect(code).toBe(0)
  expect(err).toContain('[y/N]')
  expect(done).toHaveLength(1)
})

test('retiring drains, and says who asked', async () => {
  const { api, done } = recording()
  await runCli(['vm', 'retire', 'a', 'b', '--reason', 'disk errors', '-y'], { api })
  expect(done).toEqual(['a disk errors true', 'b disk errors true'])
})

test('what could not be removed is told, and ends with 1', async () => {
  const { api } = recording()
  const { code, out, err } = await runCli(['job', 'remove', '12', '13', '--yes'], { api })
  expect(code).toBe(1)
  expect(out).toContain('removed')
  expect(err).toContain('1 of 2 not removed')
  expect(err).toContain('13: not yours')
})
