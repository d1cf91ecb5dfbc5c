import { expect, test } from 'vitest'
import { commands } from '../../cli/commands.ts'
import { runCli } from './support.ts'

const paths = commands.flatMap((entry) =>
  'verbs' in entry ? [[entry.name], ...entry.verbs.map(({ name }) => [entry.name, name])] : [[entry.name]],
)

test('the help of the program', async () => {
  const { code, out, err } = await runCli(['--help'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatchSnapshot()
})

test.each(paths)('the help of %s %s', async (...path) => {
  const words = path.filter((word) => typeof word === 'string')
  const { code, out, opened } = await runCli([...words, '--help'])
  expect({ code, opened }).toEqual({ code: 0, opened: 0 })
  expect(out).toMatchSnapshot()
})

test('every command has an example that calls it', async () => {
  const lacking: string[] = []
  for (const entry of commands) {
    for (const leaf of 'verbs' in entry ? entry.verbs : [entry]) {
      const call = 'verbs' in entry ? `canfar-batch ${entry.name} ${leaf.name}` : `canfar-batch ${leaf.name}`
      const { examples } = (await leaf.load()).command
      if (!examples.some(({ command }) => command.includes(call))) lacking.push(call)
    }
  }
  expect(lacking).toEqual([])
})

test('other ways to ask for help and version are the same', async () => {
  const help = await runCli(['job', 'why', '--help'])
  expect(await runCli(['help', 'job', 'why'])).toEqual(help)
  expect((await runCli([])).out).toBe((await runCli(['--help'])).out)
  const version = await runCli(['version'])
  expect(version.out).toMatch(/^canfar-batch \d+\.\d+\.\d+\n$/)
  expect(await runCli(['-V'])).toEqual(version)
  expect(await runCli(['submit', 'x.sub', '--version'])).toEqual(version)
  expect(JSON.parse((await runCli(['--version', '-o', 'json'])).out)).toMatchObject({ version: 1, kind: 'Version' })
})
