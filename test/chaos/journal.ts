import { appendFileSync, writeFileSync } from 'node:fs'

/** One thing that was done to the system, or that was seen of it. */
export interface Entry {
  /** ms since 1970. */
  at: number
  what: 'fault' | 'heal' | 'user' | 'operator' | 'note'
  kind: string
  /** Of a fault and its healing. */
  n?: number
  /** `vm/<name>`, `cloud/<name>`, `schedd` …: what it struck. */
  target?: string
  /** How long it is to last, ms. */
  lasts?: number
  note?: string
}

/** What happened, in order; each entry is in its file at once, so that a run that is killed has said what it did. */
export class Journal {
  readonly file: string
  readonly entries: Entry[] = []

  constructor(file: string) {
    this.file = file
    writeFileSync(file, '')
  }

  write(entry: Omit<Entry, 'at'>): Entry {
    const whole = { at: Date.now(), ...entry }
    this.entries.push(whole)
    appendFileSync(this.file, `${JSON.stringify({ ...whole, at: new Date(whole.at).toISOString() })}\n`)
    return whole
  }
}
