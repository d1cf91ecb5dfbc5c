import { expect, test } from 'vitest'
import { wantsColour } from '../../cli/io.ts'
import * as sample from './samples.ts'
import { runCli } from './support.ts'

const escape = '\u001B['
const api = { listVms: async () => [sample.vm] }

test('colour on a terminal, none in a pipe', async () => {
  expect((await runCli(['vm', 'list'], { api, terminal: 200 })).out).toContain(`${escape}32mserving`)
  expect((await runCli(['vm', 'list'], { api })).out).not.toContain(escape)
})

test.each([
  ['--no-color', ['--no-color'], { FORCE_COLOR: '1' }],
  ['NO_COLOR', [], { NO_COLOR: '1', CLICOLOR_FORCE: '1' }],
  ['CLICOLOR=0', [], { CLICOLOR: '0' }],
  ['TERM=dumb', [], { TERM: 'dumb' }],
])('%s turns it off: tables, errors and help', async (_name, flags, environment) => {
  const options = { api, terminal: 200, environment }
  expect((await runCli(['vm', 'list', ...flags], options)).out).not.toContain(escape)
  expect((await runCli(['vm', 'lst', ...flags], options)).err).not.toContain(escape)
  expect((await runCli(['vm', 'list', '--help', ...flags], options)).out).not.toContain(escape)
})

test('forced colour colours a pipe', () => {
  expect(wantsColour(false, { CLICOLOR_FORCE: '1' }, [])).toBe(true)
  expect(wantsColour(false, { FORCE_COLOR: '0' }, [])).toBe(false)
  expect(wantsColour(true, { NO_COLOR: '' }, [])).toBe(true)
})

test('json and yaml are never coloured', async () => {
  for (const format of ['json', 'yaml']) {
    const { out } = await runCli(['vm', 'list', '-o', format], { api, terminal: 80, environment: { FORCE_COLOR: '1' } })
    expect(out).not.toContain(escape)
  }
})
