import { setTimeout as sleep } from 'node:timers/promises'
import { fleetId, fleetView } from '#contract/fleet.ts'
import { cloudWatchId, poolWatchId, seenBy } from '#contract/watch.ts'
import { POOL } from '#testbed/site/site-files.ts'
import type { CrashSite } from '../e2e/crash-site.ts'

/** What a watch of the product said of its last look. */
export interface Look {
  /** When it looked, by the clock of the worker process, which may be wrong. */
  at: number
  /** When that could be read, ms since 1970 by ours. */
  read: number
  ok: boolean
}

/** What was seen of the product while it ran. */
export interface Timeline {
  /** By `pool` or `cloud/<name>`. */
  looks: Map<string, Look[]>
  /** Questions to the fleet's workflow that were answered. */
  answers: { asked: number; answered: number }[]
}

const every = 500

/** Looks on until it is disposed of; what does not answer is asked again. */
export class Observer implements AsyncDisposable {
  readonly timeline: Timeline = { looks: new Map(), answers: [] }
  readonly #own: CrashSite
  readonly #end = new AbortController()
  readonly #loops: Promise<void>[]

  constructor(own: CrashSite) {
    this.#own = own
    const watches = [
      { name: 'pool', id: poolWatchId(POOL) },
      ...Object.keys(own.site.clouds).map((cloud) => ({ name: `cloud/${cloud}`, id: cloudWatchId(cloud) })),
    ]
    this.#loops = [
      this.#repeat(async () => void (await Promise.allSettled(watches.map((watch) => this.#look(watch))))),
      this.#repeat(() => this.#ask()),
    ]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort()
    await Promise.all(this.#loops)
  }

  async #repeat(work: () => Promise<void>): Promise<void> {
    while (!this.#end.signal.aborted) {
      await work().catch(() => undefined)
      await sleep(every)
    }
  }

  async #look({ name, id }: { name: string; id: string }): Promise<void> {
    const { client } = this.#own
    const seen = seenBy(await client.withDeadline(Date.now() + 5000, () => client.workflow.getHandle(id).describe()))
    if (seen === undefined) return
    const looks = this.timeline.looks.get(name) ?? []
    if (seen.ok !== 'unknown' && looks.at(-1)?.at !== seen.at)
      looks.push({ at: seen.at, read: Date.now(), ok: seen.ok })
    this.timeline.looks.set(name, looks)
  }

  /** A question is answered by the code of the workflow, as a signal is handled: it needs a worker process. */
  async #ask(): Promise<void> {
    const { client } = this.#own
    const asked = Date.now()
    await client.withDeadline(asked + 40_000, () => client.workflow.getHandle(fleetId(POOL)).query(fleetView))
    this.timeline.answers.push({ asked, answered: Date.now() })
  }
}
