import { draw } from '#testbed/front/match.ts'

/** Numbers that depend on the seed and on nothing else. */
export class Random {
  readonly seed: number
  #drawn = 0

  constructor(seed: number) {
    this.seed = seed >>> 0
  }

  /** In [0, 1). */
  next(): number {
    return draw(this.seed, this.#drawn++)
  }

  between(from: number, to: number): number {
    return from + this.next() * (to - from)
  }

  /** A whole number, both ends included. */
  int(from: number, to: number): number {
    return Math.floor(this.between(from, to + 1))
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.int(0, list.length - 1)]
    if (found === undefined) throw new Error('nothing to pick from')
    return found
  }

  shuffled<T>(list: readonly T[]): T[] {
    return list
      .map((item) => ({ item, at: this.next() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ item }) => item)
  }

  /** A seed for numbers of one's own: what others draw does not change them. */
  fork(): number {
    return Math.floor(this.next() * 2 ** 32)
  }
}
