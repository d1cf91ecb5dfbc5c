import type { Deps } from '#activities/deps.ts'
import type { VmEvent } from '#domain/vm/record.ts'
import { failuresByVm } from '#htcondor/failures.ts'

/** How often the queue is searched for jobs that their VM could not run, ms. */
const lookEvery = 10_000

/** Notices VMs on which one job after another fails for the machine's sake: they would swallow the whole queue. */
export class BlackHoles {
  readonly #deps: Pick<Deps, 'condor' | 'config'>
  readonly #failed = new Map<string, Set<string>>()
  #lastLook = 0

  constructor(deps: Pick<Deps, 'condor' | 'config'>) {
    this.#deps = deps
  }

  async look(vms: ReadonlySet<string>, at: number, signal: AbortSignal): Promise<{ vm: string; event: VmEvent }[]> {
    if (vms.size === 0 || at - this.#lastLook < lookEvery) return []
    this.#lastLook = at
    for (const [vm, jobs] of await failuresByVm(this.#deps.condor, { signal })) {
      this.#failed.set(vm, new Set([...(this.#failed.get(vm) ?? []), ...jobs]))
    }
    for (const vm of this.#failed.keys()) if (!vms.has(vm)) this.#failed.delete(vm)
    return [...this.#failed]
      .filter(([, jobs]) => jobs.size >= this.#deps.config.policy.blackHoleAfter)
      .map(([vm, jobs]) => ({
        vm,
        event: { kind: 'black-hole', at, seenIn: 'serving', note: `it could not run ${[...jobs].join(', ')}` },
      }))
  }
}
