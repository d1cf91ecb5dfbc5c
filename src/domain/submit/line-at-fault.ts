import { parseSubmitFile } from './parse.ts'

/** What HTCondor says of a file without naming a line. */
export interface Complaint {
  message: string
  /** The job attribute that it could not make. */
  attribute?: string
}

/**
 * The line of a submit file that a complaint is about: the one that sets the attribute, else the only one whose name is a word of the
 * message; `undefined` where that is not certain.
 */
export function lineAtFault(text: string, { message, attribute }: Complaint): number | undefined {
  const set = parseSubmitFile(text).statements.flatMap((one) =>
    one.kind === 'assignment' ? [{ line: one.line, name: squashed(one.name) }] : [],
  )
  if (attribute !== undefined) return set.findLast(({ name }) => name === squashed(attribute))?.line
  const words = new Set((message.match(/[A-Za-z_.+]+/g) ?? []).map(squashed))
  const named = set.filter(({ name }) => words.has(name))
  return new Set(named.map(({ name }) => name)).size === 1 ? named.at(-1)?.line : undefined
}

/** `request_memory`, `+RequestMemory` and `MY.RequestMemory` all set the attribute RequestMemory. */
const squashed = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^(?:[+-]|my\.)/, '')
    .replaceAll('_', '')
