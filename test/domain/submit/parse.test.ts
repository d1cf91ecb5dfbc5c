import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSubmitFile } from '#domain/submit/parse.ts'
import { tutorial } from './sample.ts'
import { submitText } from './submit-text.ts'

const kinds = (text: string): string[] => parseSubmitFile(text).statements.map((one) => `${one.line} ${one.kind}`)
const queues = (text: string) =>
  parseSubmitFile(text).statements.flatMap((one) => (one.kind === 'queue' ? [one.arguments] : []))

test('the tutorial: four settings and one queue statement over four items', () => {
  expect(kinds(tutorial)).toEqual([
    '1 assignment',
    '2 remark',
    '3 assignment',
    '4 assignment',
    '5 assignment',
    '6 remark',
    '7 queue',
  ])
  expect(queues(tutorial)).toEqual([
    { variables: ['arguments'], mode: 'from', open: true, items: ['1056215p', '1056216p', '1056217p', '1056218p'] },
  ])
})

describe('queue, in all its forms', () => {
  test.each([
    ['queue', { variables: [], mode: 'none', items: [], open: false }],
    ['QUEUE 5', { count: '5', variables: [], mode: 'none', items: [], open: false }],
    [
      'queue 2 a,b from items.txt',
      { count: '2', variables: ['a', 'b'], mode: 'from', items: [], source: 'items.txt', open: false },
    ],
    ['queue from list.sh |', { variables: ['Item'], mode: 'from', items: [], source: 'list.sh |', open: false }],
    ['queue x in (a, b c)', { variables: ['x'], mode: 'in', items: ['a', 'b', 'c'], open: false }],
    [
      'queue x in [1:3] (a, b c)',
      { variables: ['x'], mode: 'in', slice: '[1:3]', items: ['a', 'b', 'c'], open: false },
    ],
    [
      'queue f matching files *.fits, *.fz',
      { variables: ['f'], mode: 'matching', qualifier: 'files', items: ['*.fits', '*.fz'], open: false },
    ],
    ['queue matching (*.dat)', { variables: ['Item'], mode: 'matching', items: ['*.dat'], open: false }],
    ['que\\\n  ue 3\n', { count: '3', variables: [], mode: 'none', items: [], open: false }],
    ['n = 4\nqueue $(n)', { count: '4', variables: [], mode: 'none', items: [], open: false }],
    ['q = x in (\nqueue $(q)\na\n)', { variables: ['x'], mode: 'in', items: ['a'], open: true }],
  ])('%s', (text, expected) => {
    expect(queues(text)).toEqual([expected])
  })

  test('a list over several lines takes comments and blank lines, and goes on after the words in its first line', () => {
    expect(queues('queue x in (a\n# not b\n\n  c d\n) # rest')[0]?.items).toEqual(['a', 'c', 'd'])
  })

  test('inside a list the word queue is an item', () => {
    expect(kinds('queue x from (\nqueue\n)\nqueue\n')).toEqual(['1 queue', '4 queue'])
  })
})

describe('what HTCondor cannot read becomes an invalid statement with its line', () => {
  test.each([
    ['executable', 1, /neither an assignment/],
    ['a = 1\nexecutable : /bin/ls\n', 2, /neither an assignment/],
    ['\nqueue = 2\n', 2, /not a value/],
    ['queue=2\n', 1, /not a value/],
    ['queue x from (\na\nb\n', 1, /never closed/],
    ['endif\n', 1, /endif without an if/],
    ['a b = 1\n', 1, /neither/],
    ['a! = 1\n', 1, /cannot be the name/],
    ['x @=end\nfoo\n', 1, /@end alone is missing/],
    ['executable = a\n  queue', 2, /no line end/],
  ])('%j', (text, line, message) => {
    const invalid = parseSubmitFile(text).statements.filter((one) => one.kind === 'invalid')
    expect(invalid.map((one) => one.line)).toEqual([line])
    expect(invalid[0]).toHaveProperty('message', expect.stringMatching(message))
  })
})

test('continuation lines, comments between them, and values over several lines', () => {
  const assignments = parseSubmitFile(
    'arguments = a \\\n # no \\\n  b\nMY.Note @=end\n "x"\n\n queue\n@end\n',
  ).statements
  expect(
    assignments.map((one) => (one.kind === 'assignment' ? [one.name, one.value, one.line, one.lastLine] : one.kind)),
  ).toEqual([
    ['arguments', 'a b', 1, 3],
    ['MY.Note', '"x"\nqueue', 4, 8],
  ])
})

test('conditions carry their depth, and a colon hides a line only inside one', () => {
  const text = 'if defined x\n:+Foo = 1\nelse\nif true\nuniverse=vanilla\nendif\nendif\n:queue\n'
  expect(parseSubmitFile(text).statements.map((one) => [one.kind, one.depth])).toEqual([
    ['conditional', 0],
    ['assignment', 1],
    ['conditional', 0],
    ['conditional', 1],
    ['assignment', 2],
    ['conditional', 1],
    ['conditional', 0],
    ['invalid', 0],
  ])
})

test('whatever the text, its statements cover it without gaps', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        submitText,
        fc.string({ unit: fc.constantFrom('q', 'ueue', ' ', '\n', '\\', '(', ')', '=', '#', '\r', ':', '@') }),
      ),
      (text) => {
        const { statements } = parseSubmitFile(text)
        let at = 0
        for (const one of statements) {
          expect(one.start).toBe(at)
          at = one.end
        }
        expect(at).toBe(text.length)
      },
    ),
  )
})
