import type { WorkerVm } from './types.ts'

/** The owners' cores on all clouds: who has least for their weight is next (max-min by progressive filling). */
export class Shares {
  readonly #cores = new Map<string, number>()
  readonly #weights: Readonly<Record<string, number>>

  constructor(vms: readonly WorkerVm[], weights: Readonly<Record<string, number>>) {
    this.#weights = weights
    for (const { state, owner, cores } of vms) if (state !== 'gone') this.add(owner, cores)
  }

  add(owner: string, cores: number): void {
    this.#cores.set(owner, this.cores(owner) + cores)
  }

  cores(owner: string): number {
    return this.#cores.get(owner) ?? 0
  }

  /** Of several owners, given in order of name, the one with the least; the first of equals. */
  least(owners: Iterable<string>): string | undefined {
    let least: { owner: string; share: number } | undefined
    for (const owner of owners) {
      const share = this.cores(owner) / (this.#weights[owner] ?? 1)
      if (least === undefined || share < least.share) least = { owner, share }
    }
    return least?.owner
  }
}
