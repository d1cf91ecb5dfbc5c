import { circleOf, expandMacros, expandSelf } from './macros.ts'
import { canonicalName } from './names.ts'
import type { Assignment, Queue, SubmitFile } from './statement.ts'

/** What is known about one name where a queue statement stands. */
export interface Setting {
  line: number
  /** As written; self references already replaced. */
  written: string
  /** Macros replaced; undefined if that depends on something outside the file, on a condition, or on the item. */
  value?: string
}

/** A queue statement with everything that is in force there. */
export interface QueueView {
  queue: Queue
  setting(name: string): Setting | undefined
  /** Every value of a name over the items of this queue statement; undefined if it cannot be known from the file. */
  valuesOver(name: string): string[] | undefined
  /** Macros that refer to each other in a circle. */
  circle?: { line: number; names: string[] }
}

interface Held {
  line: number
  written: string
  /** Set outside of any if. */
  certain: boolean
  /** A later include or use may have set it again. */
  shadowed: boolean
}

// more items than this are not enumerated: the check on executables is a courtesy, not a promise
const mostItems = 10_000

/** Follows the file from top to bottom and tells what is in force at each queue statement. */
export function inspectQueues(file: SubmitFile): QueueView[] {
  const held = new Map<string, Held>()
  const views: QueueView[] = []
  for (const statement of file.statements) {
    if (statement.kind === 'assignment') assign(held, statement)
    else if (statement.kind === 'directive' && (statement.word === 'include' || statement.word === 'use')) {
      for (const [name, value] of held) held.set(name, { ...value, shadowed: true })
    } else if (statement.kind === 'queue') views.push(view(statement, new Map(held)))
  }
  return views
}

function assign(held: Map<string, Held>, statement: Assignment): void {
  const name = canonicalName(statement.name)
  const old = held.get(name)
  let written = statement.name.startsWith('-') ? 'undefined' : statement.value
  if (statement.operator === '+=') written = `${old?.written ?? ''} ${statement.value}`.trim()
  else written = expandSelf(statement.name, written, old?.written ?? '')
  held.set(name, { line: statement.line, written, certain: statement.depth === 0, shadowed: false })
}

function view(queue: Queue, held: ReadonlyMap<string, Held>): QueueView {
  const definitions = new Map<string, string | undefined>()
  for (const [name, value] of held) definitions.set(name, value.certain ? value.written : undefined)
  for (const variable of queue.arguments.variables) definitions.set(variable.toLowerCase(), undefined)

  const setting = (name: string): Setting | undefined => {
    const found = held.get(canonicalName(name))
    if (found === undefined) return undefined
    const value = found.certain ? expandMacros(found.written, definitions) : undefined
    return { line: found.line, written: found.written, ...(value === undefined ? {} : { value }) }
  }
  const names = circleOf(new Map([...held].map(([name, { written }]) => [name, written])))
  const line = held.get(names?.[0] ?? '')?.line ?? queue.line
  return {
    queue,
    setting,
    valuesOver: (name) => valuesOver(name, queue, held, definitions, setting(name)),
    ...(names === undefined ? {} : { circle: { line, names } }),
  }
}

function valuesOver(
  name: string,
  queue: Queue,
  held: ReadonlyMap<string, Held>,
  definitions: ReadonlyMap<string, string | undefined>,
  setting: Setting | undefined,
): string[] | undefined {
  const found = held.get(canonicalName(name))
  if (setting === undefined || found === undefined || found.shadowed) return undefined
  if (setting.value !== undefined) return [setting.value]
  const { mode, source, items, variables, qualifier } = queue.arguments
  const listed = (mode === 'in' || mode === 'from') && source === undefined && qualifier === undefined
  if (!found.certain || !listed || items.length > mostItems) return undefined
  const values = new Set<string>()
  for (const item of items) {
    const bound = new Map(definitions)
    const columns = splitItem(item, variables.length)
    variables.forEach((variable, index) => bound.set(variable.toLowerCase(), columns[index] ?? ''))
    const value = expandMacros(found.written, bound)
    if (value === undefined) return undefined
    values.add(value)
  }
  return [...values]
}

/** Cuts an item into columns: by commas where it has any, else by white space; the last column takes the rest. */
function splitItem(item: string, columns: number): string[] {
  const separator = item.includes(',') ? /\s*,\s*/ : /\s+/
  const parts = item.trim().split(separator)
  if (parts.length <= columns) return parts
  const head = parts.slice(0, columns - 1)
  let rest = item.trim()
  for (const part of head) rest = rest.slice(part.length).replace(/^[\s,]+/, '')
  return [...head, rest]
}
