import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { allProcesses, withDescendants } from '#testbed/instance/process-table.ts'
import type { CrashSite } from '../e2e/crash-site.ts'

const every = 5000

/** Measures until it is disposed of. */
export class MemoryWatch implements AsyncDisposable {
  readonly #samples: number[] = []
  readonly #end = new AbortController()
  readonly #loop: Promise<void>

  constructor(own: CrashSite) {
    this.#loop = this.#measure(own)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort()
    await this.#loop
  }

  /** MB: the median of each tenth of the time so far. */
  tenths(): number[] {
    const samples = this.#samples
    return Array.from({ length: 10 }, (_, n) =>
      median(samples.slice(Math.floor((n * samples.length) / 10), Math.floor(((n + 1) * samples.length) / 10))),
    ).filter((mb) => mb > 0)
  }

  async #measure(own: CrashSite): Promise<void> {
    const { signal } = this.#end
    while (!signal.aborted) {
      const mb = workerMemory(own)
      if (mb > 0) this.#samples.push(mb)
      await sleep(every, undefined, { signal }).catch(() => undefined)
    }
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

/** Resident memory of the worker process, MB; tools that it runs left out. */
function workerMemory(own: CrashSite): number {
  const root = own.site.worker.daemon()?.process
  const table = allProcesses()
  const below = new Set(root === undefined ? [] : withDescendants([root], table).map(({ pid }) => pid))
  const sizes = table.filter(({ pid }) => below.has(pid)).map(({ pid }) => residentMb(pid))
  return Math.max(0, ...sizes)
}

function residentMb(pid: number): number {
  try {
    const [, kb = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Math.round(Number(kb) / 1024)
  } catch {
    return 0 // it has ended meanwhile
  }
}
