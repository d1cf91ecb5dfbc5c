/** Runs work for keys: one piece at a time for each key, and no more than `width` pieces at once. */
export class Turns {
  readonly #width: number
  readonly #busy = new Map<string, Promise<void>>()
  readonly #waiting: (() => void)[] = []
  #running = 0
  #closed = false

  constructor(width: number) {
    this.#width = width
  }

  isBusy(key: string): boolean {
    return this.#busy.has(key)
  }

  /** Does nothing if the key is busy. `work` must not throw. */
  take(key: string, work: () => Promise<void>): void {
    if (this.#busy.has(key) || this.#closed) return
    const done = this.#inTurn(work).finally(() => this.#busy.delete(key))
    this.#busy.set(key, done)
  }

  /** Lets what has begun end and begins nothing more. */
  async close(): Promise<void> {
    this.#closed = true
    for (const wake of this.#waiting.splice(0)) wake()
    await Promise.all(this.#busy.values())
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    if (this.#running >= this.#width) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    if (this.#closed) return
    this.#running += 1
    try {
      await work()
    } finally {
      this.#running -= 1
      this.#waiting.shift()?.()
    }
  }
}
