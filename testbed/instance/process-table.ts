import { readFileSync, readdirSync, statSync } from 'node:fs'

/** A process that can't be mistaken for a later one of the same pid. */
export interface ProcessRef {
  pid: number
  /** Field 22 of `/proc/<pid>/stat`: clock ticks from boot to its start. */
  start: string
}

export interface ProcessRow extends ProcessRef {
  parent: number
  /** Name of its program, cut to 15 characters. */
  command: string
  /** `R`, `S`, `Z` … */
  state: string
}

/** Parses `/proc/<pid>/stat`; the command's name may itself hold blanks and brackets (proc(5)). */
export function parseStat(text: string): ProcessRow | undefined {
  const close = text.lastIndexOf(')')
  const pid = Number.parseInt(text, 10)
  const fields = text.slice(close + 2).split(' ')
  const [state, parent, start] = [fields[0], fields[1], fields[19]]
  if (close < 0 || Number.isNaN(pid) || state === undefined || parent === undefined || start === undefined)
    return undefined
  return { pid, parent: Number(parent), command: text.slice(text.indexOf('(') + 1, close), state, start }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

/** The process of that pid now, a zombie included. */
export function processRow(pid: number): ProcessRow | undefined {
  const text = read(`/proc/${pid}/stat`)
  return text === undefined ? undefined : parseStat(text)
}

/** True if exactly this process still runs; a zombie does not. */
export function isRunning(ref: ProcessRef): boolean {
  const row = processRow(ref.pid)
  return row !== undefined && row.start === ref.start && row.state !== 'Z' && row.state !== 'X'
}

/** All processes that this account can see, zombies left out. */
export function allProcesses(): ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processRow(Number(name)))
    .filter((row) => row !== undefined)
    .filter((row) => row.state !== 'Z' && row.state !== 'X')
}

/** The given processes, where they still run, and everything below them; parents come before their children. */
export function withDescendants(
  refs: readonly ProcessRef[],
  table: readonly ProcessRow[] = allProcesses(),
): ProcessRef[] {
  const children = Map.groupBy(table, (row) => row.parent)
  const found = new Map<number, ProcessRef>()
  const queue: ProcessRef[] = refs.filter((ref) => table.some((row) => row.pid === ref.pid && row.start === ref.start))
  for (let ref = queue.shift(); ref !== undefined; ref = queue.shift()) {
    if (found.has(ref.pid)) continue
    found.set(ref.pid, { pid: ref.pid, start: ref.start })
    queue.push(...(children.get(ref.pid) ?? []))
  }
  return [...found.values()]
}

/** Processes whose environment holds `NAME=value` exactly; those of other accounts are seen by root alone. */
export function processesWithVariable(
  name: string,
  value: string,
  table: readonly ProcessRow[] = allProcesses(),
): ProcessRef[] {
  const wanted = `${name}=${value}`
  return table.filter((row) => read(`/proc/${row.pid}/environ`)?.split('\0').includes(wanted) === true)
}

/** Processes that run as that account. */
export function processesOf(uid: number, table: readonly ProcessRow[] = allProcesses()): ProcessRef[] {
  return table.filter((row) => statSync(`/proc/${row.pid}`, { throwIfNoEntry: false })?.uid === uid)
}

/** This process and all above it: what a clean-up must never end. */
export function ownLine(table: readonly ProcessRow[] = allProcesses()): Set<number> {
  const line = new Set<number>()
  const parents = new Map(table.map((row) => [row.pid, row.parent]))
  for (let pid: number | undefined = process.pid; pid !== undefined && pid > 0; pid = parents.get(pid)) line.add(pid)
  return line
}

/** A reference to the calling process. */
export function thisProcess(): ProcessRef {
  return { pid: process.pid, start: processRow(process.pid)?.start ?? '0' }
}
