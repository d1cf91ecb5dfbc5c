/** What follows `queue`: `[count] [variables in|from|matching [files|dirs|any|table] [slice] items]`. */
export interface QueueArguments {
  /** The number of jobs an item, as written; undefined means 1. */
  count?: string
  variables: string[]
  mode: 'none' | 'in' | 'from' | 'matching'
  qualifier?: string
  slice?: string
  /** Items that stand in the file itself, one entry a line (`from`) or a word (`in`, `matching`). */
  items: string[]
  /** `queue … from FILE` or `from COMMAND |`. */
  source?: string
  /** The list goes on over the following lines until one that begins with `)`. */
  open: boolean
}

const keywords = new Map<string, 'in' | 'from' | 'matching'>([
  ['in', 'in'],
  ['from', 'from'],
  ['matching', 'matching'],
])
const qualifier = /^(files|dirs|any|table)(?=[\s(])/i

/** Splits a list of words as HTCondor does: by white space and commas. */
export function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '')
}

function findKeyword(text: string): { start: number; end: number; mode: 'in' | 'from' | 'matching' } | undefined {
  // HTCondor accepts a keyword only where white space or `(` ends it
  for (const match of text.matchAll(/[^\s(]+(?=[\s(])/g)) {
    const mode = keywords.get(match[0].toLowerCase())
    if (mode !== undefined) return { start: match.index, end: match.index + match[0].length, mode }
  }
  return undefined
}

/** Reads the part after the word `queue`, macros already expanded where they can be. */
export function parseQueueArguments(text: string): QueueArguments {
  const args = text.trim()
  const keyword = findKeyword(args)
  if (keyword === undefined) {
    return { ...(args === '' ? {} : { count: args }), variables: [], mode: 'none', items: [], open: false }
  }
  const before = args.slice(0, keyword.start).trim()
  // variables are words of letters, digits, _ and . separated by commas or spaces; what stands before them is the count
  const names = /(?:[A-Za-z_][\w.]*[\s,]*)*$/.exec(before)?.[0] ?? ''
  const count = before.slice(0, before.length - names.length).trim()
  const result: QueueArguments = {
    ...(count === '' ? {} : { count }),
    variables: words(names),
    mode: keyword.mode,
    items: [],
    open: false,
  }
  if (result.variables.length === 0) result.variables.push('Item')
  readItems(args.slice(keyword.end).trim(), result)
  return result
}

function readItems(text: string, result: QueueArguments): void {
  let list = text
  const word = qualifier.exec(list)?.[0]
  if (word !== undefined) {
    result.qualifier = word.toLowerCase()
    list = list.slice(word.length).trimStart()
  }
  const slice = /^\[[^\]]*\]/.exec(list)?.[0]
  if (slice !== undefined) {
    result.slice = slice
    list = list.slice(slice.length).trimStart()
  }
  const closed = list.startsWith('(') && list.endsWith(')')
  const inner = closed ? list.slice(1, -1).trim() : list.startsWith('(') ? list.slice(1).trim() : list
  if (list.startsWith('(') && !closed) result.open = true
  if (result.mode !== 'from') result.items.push(...words(inner))
  else if (closed || result.open) {
    if (inner !== '') result.items.push(inner)
  } else result.source = inner
}
