import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { commands } from '../../cli/commands.ts'
import { runCli } from './support.ts'

const script = (await runCli(['completion', 'bash'])).out

/** What bash would offer for the last word. */
const offers = (...words: string[]): string[] => {
  const asking = `${script}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _canfar_batch; printf '%s\\n' "\${COMPREPLY[@]}"`
  const out = execFileSync('bash', ['--norc', '-c', asking, 'bash', 'canfar-batch', ...words], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  })
  return out.split('\n').filter((line) => line !== '')
}

test('bash completes nouns, verbs, options, their values and files', () => {
  expect(offers('')).toEqual(expect.arrayContaining(commands.map(({ name }) => name)))
  expect(offers('jo')).toEqual(['job'])
  expect(offers('job', 're')).toEqual(['remove'])
  expect(offers('-o', 'json', 'vm', 'li')).toEqual(['list'])
  expect(offers('vm', 'list', '--st')).toEqual(['--state'])
  expect(offers('vm', 'list', '--state', 'dr')).toEqual(['draining'])
  expect(offers('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']))
  expect(offers('submit', 'completion.t')).toEqual(['completion.test.ts'])
})

test.each(['zsh', 'fish'])('%s knows every command and option', async (shell) => {
  const { code, out } = await runCli(['completion', shell])
  expect(code).toBe(0)
  for (const entry of commands) {
    expect(out).toContain(entry.name)
    for (const verb of 'verbs' in entry ? entry.verbs : []) {
      expect(out).toContain(`${entry.name} ${verb.name}`)
      for (const { flags } of (await verb.load()).command.options ?? []) {
        expect(out).toContain(/--([a-z-]+)/.exec(flags)?.[1])
      }
    }
  }
})
