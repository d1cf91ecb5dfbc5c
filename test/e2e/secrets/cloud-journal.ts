import { readFileSync } from 'node:fs'

/** What a cloud has ever kept, read behind its back. */
export interface Journal {
  /** Every token that its Keystone has ever given out. */
  tokens: string[]
  /** By server id. */
  userData: Map<string, string>
}

/** The simulator's journal: a line for each commit, `[table, id, row]` for each change. */
export function readJournal(file: string): Journal {
  const tokens = new Set<string>()
  const userData = new Map<string, string>()
  for (const line of readFileSync(file, 'utf8').split('\n').slice(0, -1)) {
    for (const [table, id, row] of JSON.parse(line) as [string, string, { base64?: string } | null][]) {
      if (table === 'tokens') tokens.add(id)
      if (table === 'userData' && row?.base64 !== undefined) userData.set(id, row.base64)
    }
  }
  return { tokens: [...tokens], userData }
}
