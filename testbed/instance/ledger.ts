import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { ProcessRef } from './process-table.ts'
import { NetworkSchema } from './subnet.ts'

/** The ledger's name in an instance's folder. */
export const LEDGER = 'ledger.jsonl'

/** The kernel's id of this boot: pids of another one mean nothing. */
export const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

const ProcessSchema = z.object({ pid: z.int(), start: z.string() })

const ResourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('process'), name: z.string() }),
  z.object({ kind: z.literal('mount'), path: z.string() }),
  z.object({ kind: z.literal('netns'), name: z.string() }),
  z.object({ kind: z.literal('link'), name: z.string() }),
  z.object({ kind: z.literal('account'), name: z.string(), home: z.string() }),
  z.object({ kind: z.literal('folder'), path: z.string() }),
])

/** Something that an instance makes outside its own memory, and that has to go when it ends. */
export type Resource = z.infer<typeof ResourceSchema>

const OpeningSchema = z.object({
  id: z.string(),
  owner: ProcessSchema,
  host: z.string(),
  boot: z.string(),
  network: NetworkSchema,
})

/** Who owns an instance and where: a pid means something on one host and for one boot only. */
export type Opening = z.infer<typeof OpeningSchema>

export interface Entry {
  key: string
  resource: Resource
  /** Known once a process was started; absent if its maker died in between. */
  process?: ProcessRef
}

const LineSchema = z.discriminatedUnion('op', [
  z.object({ op: z.literal('open'), at: z.string(), opening: OpeningSchema }),
  z.object({ op: z.literal('keep'), at: z.string() }),
  z.object({ op: z.literal('intend'), at: z.string(), key: z.string(), resource: ResourceSchema }),
  z.object({ op: z.literal('made'), at: z.string(), key: z.string(), process: ProcessSchema.optional() }),
  z.object({ op: z.literal('removed'), at: z.string(), key: z.string() }),
])

type Line = z.infer<typeof LineSchema>

export interface LedgerContents {
  opening?: Opening
  /** The owner left on purpose and its daemons go on. */
  kept: boolean
  /** What was intended and not removed, oldest first. */
  entries: Entry[]
}

/** Reads a ledger; a last line cut short by a crash never took effect and is left out. */
export function parseLedger(text: string): LedgerContents {
  const entries = new Map<string, Entry>()
  const contents: LedgerContents = { kept: false, entries: [] }
  for (const raw of text.split('\n')) {
    const line = parseLine(raw)
    if (line === undefined) continue
    if (line.op === 'open') contents.opening = line.opening
    else if (line.op === 'keep') contents.kept = true
    else if (line.op === 'intend') entries.set(line.key, { key: line.key, resource: line.resource })
    else if (line.op === 'removed') entries.delete(line.key)
    else {
      const entry = entries.get(line.key)
      if (entry !== undefined && line.process !== undefined) entry.process = line.process
    }
  }
  contents.entries = [...entries.values()]
  return contents
}

function parseLine(raw: string): Line | undefined {
  try {
    return LineSchema.safeParse(JSON.parse(raw)).data
  } catch {
    return undefined
  }
}

/**
 * The list of what an instance made, in a file of JSON lines. Every line is on the disk before the caller goes on, so
 * whatever exists is listed even if the power fails; several processes of one instance may append at once.
 */
export class Ledger {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  open(opening: Opening): void {
    this.#append({ op: 'open', at: now(), opening })
  }

  /** From now on the instance lives as long as its daemons, not as its owner. */
  keep(): void {
    this.#append({ op: 'keep', at: now() })
  }

  /** To be called before the thing is made. */
  intend(resource: Resource): string {
    const key = randomBytes(6).toString('hex')
    this.#append({ op: 'intend', at: now(), key, resource })
    return key
  }

  made(key: string, process?: ProcessRef): void {
    this.#append(process === undefined ? { op: 'made', at: now(), key } : { op: 'made', at: now(), key, process })
  }

  /** To be called after the thing is gone. */
  removed(key: string): void {
    this.#append({ op: 'removed', at: now(), key })
  }

  /** Intends, makes, confirms. If making fails the entry stays, since half of the thing may exist. */
  async make<T>(resource: Resource, create: () => Promise<T>): Promise<{ key: string; value: T }> {
    const key = this.intend(resource)
    const value = await create()
    this.made(key)
    return { key, value }
  }

  read(): LedgerContents {
    return parseLedger(readFileSync(this.path, 'utf8'))
  }

  #append(line: Line): void {
    const file = openSync(this.path, 'a', 0o644)
    try {
      // A leading newline too: whoever died in the middle of a line must not spoil this one.
      writeSync(file, `\n${JSON.stringify(line)}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  }
}

const now = (): string => new Date().toISOString()
