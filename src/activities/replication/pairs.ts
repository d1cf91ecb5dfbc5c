import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '#config/schema.ts'

/** Holds bytes back until their turn. */
export type Pace = (bytes: number) => Promise<void>

/** What the copies of each pair of clouds share in this worker process: places and bandwidth. */
export class Pairs {
  readonly #limits: Config['replication']
  readonly #slots = new Map<string, Slots>()
  /** When the next byte may go, a moment of `performance.now()`. */
  readonly #next = new Map<string, number>()

  constructor(limits: Config['replication']) {
    this.#limits = limits
  }

  /** Runs the work as soon as the pair has a place for it. @throws the signal's reason, if that comes first */
  async run<T>(pair: string, way: string, signal: AbortSignal, work: (pace: Pace) => Promise<T>): Promise<T> {
    const slots = this.#slots.get(pair) ?? new Slots(this.#limits.copiesPerPair)
    this.#slots.set(pair, slots)
    await slots.enter(signal)
    try {
      return await work((bytes) => this.#pace(`${pair} ${way}`, bytes, signal))
    } finally {
      slots.leave()
    }
  }

  async #pace(line: string, bytes: number, signal: AbortSignal): Promise<void> {
    const now = performance.now()
    const turn = Math.max(now, this.#next.get(line) ?? 0)
    this.#next.set(line, turn + (bytes / this.#limits.bytesPerSecond) * 1000)
    if (turn > now) await sleep(turn - now, undefined, { signal })
  }
}

/** First come, first served. */
class Slots {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#free > 0) {
      this.#free--
      return
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const stop = (): void => {
      this.#waiting.splice(this.#waiting.indexOf(resolve), 1)
      reject(signal.reason as Error)
    }
    this.#waiting.push(resolve)
    signal.addEventListener('abort', stop, { once: true })
    await promise
    signal.removeEventListener('abort', stop)
  }

  leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free++
    else next()
  }
}
