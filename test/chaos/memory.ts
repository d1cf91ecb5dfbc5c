import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { allProcesses, withDescendants } from '#testbed/instance/process-table.ts'
import type { CrashSite } from '../e2e/crash-site.ts'

const every = 10_000

/** By tenths of the time, MB: the median of each. */
export interface Memory {
  /** What the process takes of the machine. */
  resident: number[]
  /** What its heaps hold after a collection: this tells whether it grows. */
  held: number[]
}

/** What a worker process must be started with, so that its heaps can be measured. */
export const measurable = (heapsFile: string): Record<string, string> => ({
  NODE_OPTIONS: `--expose-gc --import=${fileURLToPath(new URL('heaps-preload.ts', import.meta.url))}`,
  CANFAR_HEAPS: heapsFile,
})

/** Measures until it is disposed of. */
export class MemoryWatch implements AsyncDisposable {
  readonly #resident: number[] = []
  readonly #end = new AbortController()
  readonly #loop: Promise<void>
  readonly #heapsFile: string

  constructor(own: CrashSite, heapsFile: string) {
    this.#heapsFile = heapsFile
    this.#loop = this.#measure(own)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort()
    await this.#loop
  }

  tenths(): Memory {
    return { resident: tenthsOf(this.#resident), held: tenthsOf(heldBy(this.#heapsFile)) }
  }

  async #measure(own: CrashSite): Promise<void> {
    const { signal } = this.#end
    while (!signal.aborted) {
      const worker = largestBelow(own.site.worker.daemon()?.process)
      if (worker !== undefined) {
        this.#resident.push(worker.mb)
        collect(worker.pid)
      }
      await sleep(every, undefined, { signal }).catch(() => undefined)
    }
  }
}

function tenthsOf(samples: readonly number[]): number[] {
  const at = (n: number): number => Math.floor((n * samples.length) / 10)
  return Array.from({ length: 10 }, (_, n) => median(samples.slice(at(n), at(n + 1)))).filter((mb) => mb > 0)
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

/** All threads of a round together. */
function heldBy(heapsFile: string): number[] {
  const rounds = new Map<number, number>()
  const text = existsSync(heapsFile) ? readFileSync(heapsFile, 'utf8') : ''
  for (const [, round, mb] of text.matchAll(/^(\d+) (\d+)$/gm)) {
    rounds.set(Number(round), (rounds.get(Number(round)) ?? 0) + Number(mb))
  }
  return [...rounds.values()]
}

interface Sized {
  pid: number
  mb: number
}

/** The worker process itself: what it runs beside takes less. */
function largestBelow(root: Parameters<typeof withDescendants>[0][number] | undefined): Sized | undefined {
  if (root === undefined) return undefined
  const table = allProcesses()
  const below = new Set(withDescendants([root], table).map(({ pid }) => pid))
  const sized = table.filter(({ pid }) => below.has(pid)).map(({ pid }) => ({ pid, mb: residentMb(pid) }))
  return sized.toSorted((a, b) => b.mb - a.mb).find(({ mb }) => mb > 0)
}

function residentMb(pid: number): number {
  try {
    const [, kb = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Math.round(Number(kb) / 1024)
  } catch {
    return 0 // it has ended meanwhile
  }
}

/** By a signal that a process which has not loaded the means yet does not mind. */
function collect(pid: number): void {
  try {
    process.kill(pid, 'SIGWINCH')
  } catch {
    // it has ended meanwhile
  }
}
