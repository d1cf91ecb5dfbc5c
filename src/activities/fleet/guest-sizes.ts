import { guestKey } from '#domain/fleet/fit.ts'
import type { Resources } from '#domain/fleet/types.ts'
import type { WorkerAd } from '#htcondor/worker-ad.ts'

/**
 * What guests of a flavor and image were really seen to have, by cloud: a guest sees less memory than its flavor says, and
 * jobs are matched against what it sees. Learnt anew after a start of the worker process.
 */
export class GuestSizes {
  readonly #clouds = new Map<string, Record<string, Resources>>()

  learn(workers: readonly WorkerAd[]): void {
    for (const { cloud, vmami, vmInstanceType, total } of workers) {
      const key = guestKey(idOf(vmInstanceType), idOf(vmami))
      this.#clouds.set(cloud, { ...this.#clouds.get(cloud), [key]: total })
    }
  }

  of(cloud: string): Record<string, Resources> {
    return this.#clouds.get(cloud) ?? {}
  }
}

/** `arbutus:<id>` → `<id>`. */
const idOf = (pair: string): string => pair.slice(pair.indexOf(':') + 1)
