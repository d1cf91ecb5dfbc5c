import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { VmProof } from '#domain/vm/ownership.ts'

/** A server that a check asked a cloud for, written down before it was asked for. */
export interface TrialRecord {
  cloud: string
  /** ms since 1970. */
  at: number
  /** The process that makes the check. */
  pid: number
  proof: VmProof
}

/** No check takes longer, ms: a process of that number is another one by then. */
const longest = 3_600_000

/** What checks have asked for and not yet seen gone: the next check ends what a killed one has left. */
export class TrialRecords {
  readonly #folder: string

  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, 'cloud-checks')
  }

  async keep(record: TrialRecord): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const file = this.#file(record.proof.vm)
    await writeFile(`${file}.part`, JSON.stringify(record), { mode: 0o600 })
    await rename(`${file}.part`, file)
  }

  async forget(vm: string): Promise<void> {
    await rm(this.#file(vm), { force: true })
  }

  /** Those of checks that are over, on this cloud, by this control plane. */
  async left(cloud: string, controlPlane: string): Promise<TrialRecord[]> {
    const names = await readdir(this.#folder).catch(() => [])
    const files = names.filter((name) => name.endsWith('.json')).map((name) => join(this.#folder, name))
    const records = await Promise.all(
      files.map(async (file) => JSON.parse(await readFile(file, 'utf8')) as TrialRecord),
    )
    return records.filter((one) => one.cloud === cloud && one.proof.controlPlane === controlPlane && isOver(one))
  }

  #file(vm: string): string {
    return join(this.#folder, `${vm}.json`)
  }
}

function isOver({ pid, at }: TrialRecord): boolean {
  if (Date.now() - at > longest) return true
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    // there is one, of another account
    return !(error instanceof Error && 'code' in error && error.code === 'EPERM')
  }
}
