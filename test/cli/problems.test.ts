import { expect, test } from 'vitest'
import { Problem, type ProblemKind } from '#domain/problem.ts'
import { runCli } from './support.ts'

const throwing = (error: Error) => async (): Promise<never> => {
  throw error
}

const kinds: [ProblemKind, number][] = [
  ['failure', 1],
  ['usage', 2],
  ['not-found', 3],
  ['auth', 4],
  ['unreachable', 5],
]

test.each(kinds)('a problem of kind %s ends with %i', async (kind, code) => {
  const listClouds = throwing(new Problem({ code: 'Test', kind, message: 'no' }))
  expect(await runCli(['cloud', 'list'], { api: { listClouds } })).toMatchObject({
    code,
    out: '',
    opened: 1,
    closed: 1,
  })
})

const ambiguous = new Problem({
  code: 'ImageAmbiguous',
  kind: 'usage',
  message: '2 images have the name cat',
  where: 'cloud arbutus',
  details: ['id-1  2023-08-21  2.4 GB', 'id-2  2024-01-02  2.5 GB'],
  next: 'name one by its id',
})
const submit = throwing(ambiguous)

test('an error says what, where, the details and what next', async () => {
  const { err } = await runCli(['submit', 'x.sub', 'cat'], { api: { submit } })
  expect(err).toBe(`error: cloud arbutus: 2 images have the name cat
  id-1  2023-08-21  2.4 GB
  id-2  2024-01-02  2.5 GB
  next: name one by its id
`)
})

test('with -o json an error is a document on stderr, uncoloured', async () => {
  const { out, err } = await runCli(['submit', 'x.sub', 'cat', '-o', 'json'], { api: { submit }, terminal: 80 })
  expect(out).toBe('')
  expect(JSON.parse(err)).toEqual({
    version: 1,
    kind: 'Error',
    item: {
      code: 'ImageAmbiguous',
      kind: 'usage',
      message: '2 images have the name cat',
      where: 'cloud arbutus',
      next: 'name one by its id',
      details: ['id-1  2023-08-21  2.4 GB', 'id-2  2024-01-02  2.5 GB'],
      exitCode: 2,
    },
  })
})

test('what is no Problem is called unexpected; its stack only with --verbose', async () => {
  const listClouds = throwing(new TypeError('x is not a function', { cause: new Error('deeper') }))
  const quiet = await runCli(['cloud', 'list'], { api: { listClouds } })
  expect(quiet).toMatchObject({ code: 1, closed: 1 })
  expect(quiet.err).toContain('error: x is not a function')
  expect(quiet.err).not.toMatch(/\n\s+at /)
  const verbose = await runCli(['cloud', 'list', '-v'], { api: { listClouds } })
  expect(verbose.err).toContain('caused by: Error: deeper')
  expect(verbose.err).toMatch(/at .*problems\.test\.ts/)
})

test('escape sequences from outside never reach the terminal', async () => {
  const listClouds = throwing(
    new Problem({ code: 'Test', kind: 'failure', message: '\u001B[2Jgone\u202E', details: ['a\u0007b'] }),
  )
  const { err } = await runCli(['cloud', 'list'], { api: { listClouds } })
  expect(err).toBe('error: \uFFFD[2Jgone\uFFFD\n  a\uFFFDb\n')
})
