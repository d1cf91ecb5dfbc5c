export type Say = (line: string) => void

/** Seconds of each phase, and lines with the time since the start in front. */
export class Clock {
  readonly #begun = performance.now()
  readonly #phases: { name: string; begun: number; ended?: number }[] = []
  readonly #print: Say

  constructor(print: Say) {
    this.#print = print
  }

  say: Say = (line) => {
    const seconds = ((performance.now() - this.#begun) / 1000).toFixed(1)
    this.#print(`${seconds.padStart(7)} s  ${line}`)
  }

  /** Ends the phase before it. */
  begin(name: string, what: string): void {
    this.end()
    this.#phases.push({ name, begun: performance.now() })
    this.say(`── ${name}: ${what}`)
  }

  end(): void {
    const last = this.#phases.at(-1)
    if (last !== undefined) last.ended ??= performance.now()
  }

  phases(): { name: string; seconds: number }[] {
    return this.#phases.map(({ name, begun, ended = performance.now() }) => ({ name, seconds: (ended - begun) / 1000 }))
  }
}
