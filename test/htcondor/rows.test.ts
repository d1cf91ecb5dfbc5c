import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isTrue, numberOf, readRows, timeOf, type Row } from '#htcondor/rows.ts'

async function read(lines: string[], width: number): Promise<(Row | undefined)[]> {
  const rows: (Row | undefined)[] = []
  for await (const row of readRows(lines, 'word', width)) rows.push(row)
  return rows
}

describe('rows of a tool', () => {
  it('are nothing for an empty output', async () => {
    expect(await read([], 2)).toEqual([])
    expect(await read([''], 2)).toEqual([])
  })

  it('have values, and nothing where HTCondor has none', async () => {
    const rows = await read(['word\ta b\t5', 'word\tundefined\terror', 'word\t\t0'], 2)
    expect(rows).toEqual([
      ['a b', '5'],
      [undefined, undefined],
      ['', '0'],
    ])
  })

  it('with more or fewer fields are dropped, and not their neighbours', async () => {
    expect(await read(['word\ta\tb\tc', 'word\td\te', 'word\tf', 'word\tg\th'], 2)).toEqual([
      undefined,
      ['d', 'e'],
      undefined,
      ['g', 'h'],
    ])
  })

  it('broken by a line end are dropped', async () => {
    expect(await read(['word\ta\tb', 'rest of b', 'word\tc\td'], 2)).toEqual([undefined, ['c', 'd']])
  })

  it('cannot be forged by whoever does not know the word', async () => {
    const values = fc.array(fc.string({ unit: fc.constantFrom('a', '\t', '\n', ' ', 'word2') }), {
      minLength: 1,
      maxLength: 3,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(values, { maxLength: 5 }), async (jobs) => {
        const output = jobs.map((fields) => ['word', 'owner', ...fields].join('\t')).join('\n')
        const rows = await read(output.split('\n'), 3)
        expect(rows.filter((row) => row !== undefined).length).toBeLessThanOrEqual(jobs.length)
        for (const row of rows) if (row !== undefined) expect(row[0]).toBe('owner')
      }),
    )
  })
})

describe('values', () => {
  it('are numbers as HTCondor prints them', () => {
    expect(['2', '50000000.0', '-1', 'true', 'false', 'x', '', undefined].map(numberOf)).toEqual([
      2,
      50_000_000,
      -1,
      1,
      0,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('are true if a number other than 0', () => {
    expect(['true', '1', '2', '0', 'false', undefined, 'x'].map(isTrue)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ])
  })

  it('are times in seconds, 0 for never', () => {
    expect(['1795250037', '0', undefined].map(timeOf)).toEqual([1_795_250_037_000, undefined, undefined])
  })
})
