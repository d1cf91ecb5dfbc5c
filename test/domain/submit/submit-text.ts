import * as fc from 'fast-check'

const blank = fc.constantFrom('', ' ', '  ', '\t')
const name = fc.constantFrom('output', 'ERROR', 'batch_name', 'note', 'x', 'Y_1')
const value = fc.constantFrom('a', '$(x:1)', 'out.$(Cluster)', '"quoted"', '7', 'a, b', '$(w:none).txt', '')
const requirement = fc.constantFrom(
  'Memory > 10',
  'HasGpu || Cpus > 1',
  'TARGET.Disk >= 5 && (Cpus < 9)',
  'OpSys == "LINUX"',
)
const spelled = (word: string): fc.Arbitrary<string> =>
  fc.array(fc.boolean(), { minLength: word.length, maxLength: word.length }).map((upper) =>
    Array.from(word)
      .map((letter, index) => (upper[index] === true ? letter.toUpperCase() : letter.toLowerCase()))
      .join(''),
  )

const assignment = fc.tuple(blank, name, blank, blank, value).map(([a, b, c, d, e]) => `${a}${b}${c}=${d}${e}`)
const requirements = fc.tuple(spelled('requirements'), requirement).map(([a, b]) => `${a} = ${b}`)
const continued = fc.tuple(name, value).map(([a, b]) => `${a} = ${b} \\\n   more`)
const remark = fc.constantFrom('# a remark', '', '   # queue', '\t')
const attribute = fc.tuple(fc.constantFrom('+', 'MY.', 'my.'), spelled('Note')).map(([a, b]) => `${a}${b} = "text"`)
const condition = fc
  .tuple(fc.constantFrom('if true', 'IF defined x', 'if $(z)'), fc.oneof(assignment, requirements))
  .map(([a, b]) => `${a}\n${b}\nelse\n  ${b}\nendif`)
const heredoc = fc.constant('note @=end\nqueue\n  # no\n@end')

const queue = fc.oneof(
  fc.constantFrom(
    'queue',
    'Queue 2',
    '  QUEUE  ',
    'queue x in (a, b)',
    'queue 2 x from (\n  1\n  # none\n  2\n)',
    'queue x in (\n a b\n)',
    'que\\\nue',
  ),
  spelled('queue'),
)

/** Files that HTCondor accepts, wildly laid out: every statement that the reader knows, but for those that need other files. */
export const submitText: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.oneof(assignment, requirements, continued, remark, attribute, condition, heredoc), { maxLength: 8 }),
    fc.array(
      fc.tuple(fc.array(fc.oneof(assignment, requirements, remark, attribute, condition), { maxLength: 3 }), queue),
      { minLength: 1, maxLength: 3 },
    ),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
  )
  .map(([head, blocks, end, last]) => {
    const lines = [
      'executable = /bin/true',
      ...head,
      ...blocks.flatMap(([before, statement]) => [...before, statement]),
    ]
    return lines.join('\n').replaceAll('\n', end) + (last ? end : '')
  })
  // without a line end HTCondor does not take the blanks off a last line
  .filter((text) => text.endsWith('\n') || !/(^|\n)[ \t][^\n]*$/.test(text))
