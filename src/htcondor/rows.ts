import { randomBytes } from 'node:crypto'
import { streamTool, type CondorTools, type ToolOptions } from './tools.ts'

/** One job or machine as the values of the expressions asked for, in their order; `undefined` where HTCondor says so. */
export type Row = (string | undefined)[]

/**
 * Asks condor_q, condor_history or condor_status for the values of some expressions, one row for each ad.
 *
 * Users choose the values of their jobs' attributes, tabs and line ends included, and the tools print them as they are. So each
 * row begins with a word that nobody can have guessed: only what follows it at the start of a line is a row, and a row with
 * more or fewer fields than were asked for is dropped. Nobody can forge another's row; a mangled one is only its owner's.
 *
 * @param fields ClassAd expressions; put those that a user can choose last
 * @param unreadable is told how many rows were dropped
 */
export async function* queryRows(
  tools: CondorTools,
  tool: string,
  args: readonly string[],
  fields: readonly string[],
  options: ToolOptions = {},
  unreadable: (rows: number) => void = () => {},
): AsyncGenerator<Row, void, undefined> {
  const word = randomBytes(9).toString('hex')
  const lines = streamTool(tools, tool, [...args, '-af:t', `"${word}"`, ...fields], options)
  let dropped = 0
  for await (const row of readRows(lines, word, fields.length)) {
    if (row === undefined) dropped++
    else yield row
  }
  if (dropped > 0) unreadable(dropped)
}

/** Rows from lines; `undefined` for one that cannot be read. */
export async function* readRows(
  lines: AsyncIterable<string> | Iterable<string>,
  word: string,
  width: number,
): AsyncGenerator<Row | undefined, void, undefined> {
  const start = `${word}\t`
  let pending: Row | undefined
  for await (const line of lines) {
    if (line.startsWith(start)) {
      if (pending !== undefined) yield pending
      const fields = line.slice(start.length).split('\t')
      if (fields.length === width) pending = fields.map(valueOf)
      else {
        yield undefined
        pending = undefined
      }
    } else if (pending !== undefined && line !== '') {
      // the rest of a value with a line end in it
      yield undefined
      pending = undefined
    }
  }
  if (pending !== undefined) yield pending
}

function valueOf(text: string): string | undefined {
  return text === 'undefined' || text === 'error' ? undefined : text
}

/** A number that HTCondor printed: `2`, `50000000.0`, `true`; `undefined` for anything else. */
export function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (text === 'true') return 1
  if (text === 'false') return 0
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

export function isTrue(text: string | undefined): boolean {
  return (numberOf(text) ?? 0) !== 0
}

/** Seconds since 1970 as milliseconds; HTCondor writes 0 for "never". */
export function timeOf(text: string | undefined): number | undefined {
  const seconds = numberOf(text)
  return seconds === undefined || seconds <= 0 ? undefined : seconds * 1000
}
