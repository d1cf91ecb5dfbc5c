import { WorkflowNotFoundError, type Client } from '@temporalio/client'
import { vmEvent } from '#contract/vm-lifecycle.ts'
import { steadyNow } from '#activities/steady-now.ts'
import type { VmEvent } from '#domain/vm/record.ts'
import type { VmState } from '#domain/vm/state.ts'

/** An event is told again only after this long: lists of workflows lag behind what their workflows know. */
const repeatAfterMs = 10_000

const keyOf = (vm: string, kind: VmEvent['kind'], seenIn: VmState | undefined): string =>
  [vm, kind, kind === 'first-job' ? '' : seenIn].join(' ')

/** Tells VMs what was seen, each thing once. */
export class Teller {
  readonly #client: Client
  readonly #told = new Map<string, number>()

  constructor(client: Client) {
    this.#client = client
  }

  async tell(vm: string, event: VmEvent): Promise<void> {
    const key = keyOf(vm, event.kind, event.seenIn)
    const last = this.#told.get(key)
    if (last !== undefined && (event.kind === 'first-job' || steadyNow() - last < repeatAfterMs)) return
    this.#told.set(key, steadyNow())
    await this.#client.workflow
      .getHandle(vm)
      .signal(vmEvent, event)
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error
      })
  }

  /** Remembers a telling of another watch, e.g. of the one before this. */
  alreadyTold(vm: string, kind: VmEvent['kind']): void {
    this.#told.set(keyOf(vm, kind, undefined), steadyNow())
  }

  /** A drain that was refused or a new state makes old tellings void. */
  forget(present: ReadonlySet<string>): void {
    for (const key of this.#told.keys()) if (!present.has(key.slice(0, key.indexOf(' ')))) this.#told.delete(key)
  }
}
