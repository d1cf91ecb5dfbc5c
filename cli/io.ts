import type { Readable } from 'node:stream'

export const outputFormats = ['table', 'wide', 'json', 'yaml'] as const

/** `wide` is a table that shows every column and cuts nothing. */
export type OutputFormat = (typeof outputFormats)[number]

export interface Output {
  write: (text: string) => void
  tty: boolean
  /** Width of the terminal; absent when there is none. */
  columns: number | undefined
  colour: boolean
}

/** Where a command reads and writes: data on `out`, everything else on `err`. */
export interface Streams {
  out: Output
  err: Output
  input: Readable
  /** Whether a person can be asked. */
  interactive: boolean
}

/**
 * Whether a stream gets colour: the last word is `--no-color`, then NO_COLOR, CLICOLOR_FORCE and FORCE_COLOR, CLICOLOR=0, TERM=dumb, then whether it is a
 * terminal (https://no-color.org, https://bixense.com/clicolors).
 */
export const wantsColour = (
  tty: boolean,
  environment: Readonly<Record<string, string | undefined>>,
  argv: readonly string[],
): boolean => {
  const set = (name: string) => environment[name] !== undefined && environment[name] !== ''
  const on = (name: string) => set(name) && environment[name] !== '0'
  if (argv.includes('--no-color') || set('NO_COLOR')) return false
  if (on('CLICOLOR_FORCE') || on('FORCE_COLOR')) return true
  if (environment['CLICOLOR'] === '0' || environment['TERM'] === 'dumb') return false
  return tty
}

/** The last format that the arguments ask for and that exists, read before they are parsed: an error in them must already come in that format. */
export const requestedFormat = (argv: readonly string[]): OutputFormat => {
  const asked: (string | undefined)[] = []
  for (const [index, word] of argv.entries()) {
    if (word === '--') break
    if (word === '-o' || word === '--output') asked.push(argv[index + 1])
    else if (word.startsWith('--output=')) asked.push(word.slice('--output='.length))
    else if (/^-o./.test(word)) asked.push(word.slice(2))
  }
  const known = asked.flatMap((name) => outputFormats.filter((format) => format === name))
  return known.at(-1) ?? 'table'
}
