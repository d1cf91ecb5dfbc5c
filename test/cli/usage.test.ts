import { expect, test } from 'vitest'
import { runCli } from './support.ts'

const cases: [argv: string[], code: string, says: string][] = [
  [['jbo'], 'CommandUnknown', 'did you mean job?'],
  [['job', 'lst'], 'CommandUnknown', 'did you mean list?'],
  [['job'], 'CommandMissing', 'say what to do'],
  [['-v'], 'CommandMissing', 'say what to do'],
  [['vm', 'list', '--clod', 'east'], 'OptionUnknown', 'did you mean --cloud?'],
  [['submit'], 'ArgumentMissing', "missing required argument 'FILE'"],
  [['submit', 'a', 'b', 'c', 'd'], 'ArgumentUnexpected', 'too many arguments'],
  [['vm', 'list', '--cloud'], 'OptionValueMissing', '--cloud'],
  [['cloud', 'disable', 'east'], 'OptionMissing', '--reason'],
  [['cloud', 'disable', 'east', '--reason', ' '], 'ReasonMissing', 'empty reason'],
  [['vm', 'list', '--state', 'happy'], 'ValueInvalid', 'serving'],
  [['vm', 'list', '-o', 'xml'], 'ValueInvalid', 'yaml'],
  [['completion', 'tcsh'], 'ValueInvalid', 'fish'],
  [['job', 'show', 'twelve'], 'JobIdInvalid', 'cluster.proc'],
  [['job', 'remove', '1.0', 'x'], 'JobIdInvalid', 'cluster.proc'],
  [['submit', 'x.sub', '--timeout', '5m'], 'OptionConflict', 'add --wait'],
  [['submit', 'x.sub', '--wait', '--timeout', 'soon'], 'DurationInvalid', '90s'],
  [['submit', 'x.sub', '--wait', '--timeout', '60d'], 'DurationInvalid', 'at most 24d'],
  [['submit', 'x.sub', '--keepalive', '-3'], 'KeepaliveInvalid', 'whole minutes'],
]

test.each(cases)('%j ends with 2 and %s', async (argv, code, says) => {
  const people = await runCli(argv)
  expect(people).toMatchObject({ code: 2, out: '' })
  expect(people.err).toMatch(/^error: /)
  expect(people.err).toContain(says)
  expect(people.err).toContain('next: ')

  const programs = await runCli(['-o', 'json', ...argv])
  expect(programs).toMatchObject({ code: 2, out: '' })
  const item = { code, kind: 'usage', exitCode: 2 }
  expect(JSON.parse(programs.err)).toMatchObject({ version: 1, kind: 'Error', item })
})
