import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Rows by id. Rows are never changed in place: put a new one. */
export interface Table<T> {
  get(id: string): T | undefined
  has(id: string): boolean
  values(): Iterable<T>
  put(id: string, row: T): void
  delete(id: string): void
  readonly size: number
}

/** Every change since the last commit, a line of the journal; a null row is a deletion. */
type Change = [table: string, id: string, row: unknown]

const COMPACT_ABOVE = 16 << 20

/**
 * All state of one cloud: tables in memory and one journal, a line per commit.
 * commit() returns only when the line is with the operating system, so a killed process loses nothing that it had
 * answered; a line cut short by the kill is ignored as a whole.
 */
export class Store {
  readonly #path: string | null
  readonly #tables = new Map<string, Map<string, unknown>>()
  #pending = new Map<string, Change>()
  #fd: number | null = null
  #written = 0
  #compacted = 0

  constructor(path: string | null) {
    this.#path = path
    if (path === null) return
    mkdirSync(dirname(path), { recursive: true })
    if (existsSync(path)) this.#replay(readFileSync(path, 'utf8'))
    this.#compact()
  }

  table<T>(name: string): Table<T> {
    // What is read back is what this class wrote: the one place where rows get their type back.
    const rows = this.#rows(name) as Map<string, T>
    const note = (id: string, row: unknown): void => void this.#pending.set(`${name}\0${id}`, [name, id, row])
    return {
      get: (id) => rows.get(id),
      has: (id) => rows.has(id),
      values: () => rows.values(),
      put: (id, row) => {
        rows.set(id, row)
        note(id, row)
      },
      delete: (id) => {
        if (rows.delete(id)) note(id, null)
      },
      get size() {
        return rows.size
      },
    }
  }

  commit(): void {
    if (this.#pending.size === 0) return
    const changes = [...this.#pending.values()]
    this.#pending = new Map()
    if (this.#fd === null) return
    const line = Buffer.from(JSON.stringify(changes) + '\n')
    let done = 0
    while (done < line.length) done += writeSync(this.#fd, line, done)
    this.#written += line.length
    if (this.#written > COMPACT_ABOVE && this.#written > 3 * this.#compacted) this.#compact()
  }

  close(): void {
    this.commit()
    if (this.#fd !== null) closeSync(this.#fd)
    this.#fd = null
  }

  #rows(name: string): Map<string, unknown> {
    const found = this.#tables.get(name)
    if (found !== undefined) return found
    const made = new Map<string, unknown>()
    this.#tables.set(name, made)
    return made
  }

  #replay(text: string): void {
    const lines = text.split('\n')
    lines.pop() // what follows the last line end is empty, or a line that was cut short
    for (const line of lines) {
      for (const [table, id, row] of JSON.parse(line) as Change[]) {
        if (row === null) this.#rows(table).delete(id)
        else this.#rows(table).set(id, row)
      }
    }
  }

  #compact(): void {
    if (this.#path === null) return
    const lines: string[] = []
    for (const [table, rows] of this.#tables)
      for (const [id, row] of rows) lines.push(JSON.stringify([[table, id, row]]) + '\n')
    const text = lines.join('')
    const next = `${this.#path}.next`
    writeFileSync(next, text, { mode: 0o600 })
    if (this.#fd !== null) closeSync(this.#fd)
    renameSync(next, this.#path)
    this.#fd = openSync(this.#path, 'a', 0o600)
    this.#compacted = Buffer.byteLength(text)
    this.#written = 0
  }
}
