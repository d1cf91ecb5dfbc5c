/** One line as HTCondor sees it: continuation lines joined, white space around each piece gone. */
export interface LogicalLine {
  text: string
  /** Number of the first and of the last physical line, from 1. */
  line: number
  lastLine: number
  /** Where it stands in the file: `[start, end)` in UTF-16 units, its line end included. */
  start: number
  end: number
  /** False if the file ended without a line end. HTCondor does not trim such a line. */
  terminated: boolean
}

/** The items of a `queue … (` list follow older rules: there a comment that ends in a backslash goes on. */
export type LineMode = 'statement' | 'item'

// C's isspace
const leadingSpace = /^[ \t\v\f\r]+/
const trailingSpace = /[ \t\v\f\r]+$/

/**
 * Reads the logical line that begins at `start`; undefined at the end of the text.
 * The rules are those of `getline_implementation` in HTCondor's `config.cpp`, oddities included.
 */
export function readLogicalLine(text: string, start: number, line: number, mode: LineMode): LogicalLine | undefined {
  if (start >= text.length) return undefined
  let joined = ''
  let at = start
  let number = line
  for (;;) {
    const newline = text.indexOf('\n', at)
    if (newline < 0) {
      const rest = text.slice(at)
      const lastLine = rest === '' && number > line ? number - 1 : number
      return { text: joined + rest, line, lastLine, start, end: text.length, terminated: rest === '' }
    }
    const first = at === start
    let piece = text.slice(at, newline).replace(trailingSpace, '').replace(leadingSpace, '')
    let comment = piece.startsWith('#')
    if (comment && !first && mode === 'statement') {
      piece = piece.slice(-1)
      comment = false
    }
    at = newline + 1
    joined += piece
    if (joined.endsWith('\\')) {
      joined = joined.slice(0, -1)
      if (!comment || mode === 'item') {
        number++
        continue
      }
    }
    return { text: joined, line, lastLine: number, start, end: at, terminated: true }
  }
}
