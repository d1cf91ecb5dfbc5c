import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { ProcessRef } from '#testbed/instance/process-table.ts'

const RecordSchema = z.object({
  id: z.string(),
  name: z.string(),
  hypervisorFolder: z.string(),
  /** `ready`: boots or runs. `ended`: its first process ended by itself. `stopped`: the cloud switched it off. */
  state: z.enum(['ready', 'ended', 'stopped']),
  /** Keys in the instance's ledger of what its present boot made. */
  ledgerKeys: z.array(z.string()),
})

/** What the runner keeps about a guest on the disk, so that another runner can go on from there. */
export type GuestRecord = z.infer<typeof RecordSchema>

const FILE = 'guest.json'

export function readRecord(folder: string): GuestRecord | undefined {
  const text = readOptional(join(folder, FILE))
  return text === undefined ? undefined : RecordSchema.parse(JSON.parse(text))
}

export function writeRecord(folder: string, record: GuestRecord): void {
  const path = join(folder, FILE)
  writeFileSync(`${path}.new`, JSON.stringify(record))
  renameSync(`${path}.new`, path)
}

/** The guest's first process as it wrote itself down (`pid start`), before it did anything else. */
export function readFirstProcess(folder: string): ProcessRef | undefined {
  const [pid, start] = (readOptional(join(folder, 'pid')) ?? '').trim().split(' ')
  return pid === undefined || start === undefined ? undefined : { pid: Number(pid), start }
}

export function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
