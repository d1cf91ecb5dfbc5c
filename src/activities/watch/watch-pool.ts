import { Context } from '@temporalio/activity'
import type { Deps } from '#activities/deps.ts'
import { steadyNow } from '#activities/steady-now.ts'
import { wakeFleet } from '#activities/fleet/tell-fleet.ts'
import type { PoolSeen } from '#contract/watch.ts'
import { vmRecord } from '#contract/vm-lifecycle.ts'
import { poolPass, type ExpectedWorker, type PoolMoment, type WorkerMemory } from '#domain/watch/pool-pass.ts'
import { busyHosts } from '#htcondor/busy-hosts.ts'
import { totals as readTotals, type QueueTotals } from '#htcondor/totals.ts'
import type { WorkerAd } from '#htcondor/worker-ad.ts'
import { hasHeardOfAll, workers as readWorkers, type Workers } from '#htcondor/workers.ts'
import { BlackHoles } from './black-holes.ts'
import { expectedVms } from './expected.ts'
import { watchLoop } from './loop.ts'
import { Revocations } from './revocations.ts'
import { SubmissionWatch } from './submission-watch.ts'
import { Teller } from './tell.ts'

/** A look that takes longer has failed: it must end before the heartbeat timeout. */
const lookTimeout = 8000

/** Looks at the pool and the queue until cancelled; tells VMs, submissions and the fleet what has changed. */
export async function watchPool(deps: Deps): Promise<void> {
  const watch = new PoolWatch(deps)
  await watch.remember()
  await watchLoop(async (cancelled) => ({ seen: await watch.look(cancelled), wait: deps.config.condor.poll }))
}

class PoolWatch {
  readonly #deps: Deps
  readonly #teller: Teller
  readonly #submissions: SubmissionWatch
  readonly #blackHoles: BlackHoles
  readonly #revocations: Revocations
  #memory: ReadonlyMap<string, WorkerMemory> = new Map()
  #impostors = new Set<string>()
  #lastTotals = ''
  #seen: PoolSeen = { at: 0, ok: 'unknown' }

  constructor(deps: Deps) {
    this.#deps = deps
    this.#teller = new Teller(deps.client)
    this.#submissions = new SubmissionWatch(deps)
    this.#blackHoles = new BlackHoles(deps)
    this.#revocations = new Revocations(deps)
  }

  /** What an earlier watch has told about first jobs, asked of the VMs themselves: a query writes no history. */
  async remember(): Promise<void> {
    const { client, config } = this.#deps
    for (const { vm, state } of await expectedVms(client, config.pool)) {
      if (state !== 'serving') continue
      const record = await client.workflow
        .getHandle(vm)
        .query(vmRecord)
        .catch(() => undefined)
      if (record?.firstJobAt !== undefined) this.#teller.alreadyTold(vm, 'first-job')
      Context.current().heartbeat()
    }
  }

  /** One look. Collector and schedd are asked apart: what one does not answer is unknown, and the other counts. */
  async look(cancelled: AbortSignal): Promise<PoolSeen> {
    const { condor, config } = this.#deps
    const at = steadyNow()
    const signal = AbortSignal.any([cancelled, AbortSignal.timeout(lookTimeout)])
    const [workers, totals] = await Promise.allSettled([
      readWorkers(condor, { signal, trustDomain: config.condor.trustDomain }),
      readTotals(condor, { signal }),
    ])
    cancelled.throwIfAborted()
    const idle = totals.status === 'fulfilled' ? totals.value.idle : undefined
    const failures = [workers, totals].flatMap((one) => (one.status === 'rejected' ? [messageOf(one.reason)] : []))
    if (workers.status === 'fulfilled') failures.push(...(await this.#tellVms(workers.value, at, idle, signal)))
    if (totals.status === 'fulfilled') failures.push(...(await this.#tellQueue(totals.value, at, signal)))
    this.#seen =
      failures.length === 0
        ? { at: Date.now(), ok: true, ...(idle === undefined ? {} : { idle }) }
        : { ...this.#seen, at: Date.now(), ok: false, error: failures.join('; ') }
    return this.#seen
  }

  async #tellVms(seen: Workers, at: number, idleJobs: number | undefined, signal: AbortSignal): Promise<string[]> {
    const { client, config } = this.#deps
    const expected = await expectedVms(client, config.pool)
    const known = expected.map(({ vm, state, order }): ExpectedWorker => ({
      vm,
      state,
      keepaliveMs: order.keepaliveMs,
    }))
    const settled = hasHeardOfAll(seen, config.condor.updateInterval, Date.now())
    const workers = seen.workers.map(seenWorker)
    const moment: PoolMoment = {
      at,
      idleJobs,
      keepaliveCapMs: config.keepalive.cap,
      leftAfterMs: config.deadlines.join,
      settled,
      busy: await this.#busyIfMissing(known, seen.workers, signal),
    }
    const pass = poolPass(known, workers, this.#memory, moment)
    this.#memory = pass.memory
    for (const { vm, event } of pass.events) await this.#teller.tell(vm, event)
    this.#teller.forget(new Set(expected.map(({ vm }) => vm)))
    this.#alarm(seen)
    return this.#failuresOf(async () => {
      const serving = new Set(known.filter(({ state }) => state === 'serving').map(({ vm }) => vm))
      for (const { vm, event } of await this.#blackHoles.look(serving, at, signal)) await this.#teller.tell(vm, event)
      await this.#revocations.renew(at, signal)
    })
  }

  /** Where the queue believes jobs to run: asked only if it matters, because a worker is missing that was there. */
  async #busyIfMissing(
    known: readonly ExpectedWorker[],
    workers: readonly WorkerAd[],
    signal: AbortSignal,
  ): Promise<ReadonlySet<string> | undefined> {
    const there = new Set(workers.map(({ vm }) => vm))
    const missing = known.some(({ vm, state }) => (state === 'serving' || state === 'draining') && !there.has(vm))
    if (!missing) return new Set()
    return busyHosts(this.#deps.condor, { signal }).then(
      (hosts) => new Set(hosts),
      () => undefined,
    )
  }

  async #tellQueue(totals: QueueTotals, at: number, signal: AbortSignal): Promise<string[]> {
    const { client, config } = this.#deps
    const now = `${totals.idle} ${totals.running}`
    // an idle system writes no history: the fleet is woken only by a change while jobs wait
    if (now !== this.#lastTotals && totals.idle > 0) {
      await wakeFleet(client, config.pool, { source: 'pool', at, idle: totals.idle })
    }
    this.#lastTotals = now
    return this.#failuresOf(() => this.#submissions.look(totals, at, signal))
  }

  /** Ads that nobody may believe, each once. */
  #alarm({ impostors }: Workers): void {
    for (const { name, identity = 'nobody', why } of impostors) {
      if (this.#impostors.has(name)) continue
      const note = `advertised by ${identity}: ${why}`
      Context.current().log.warn('alarm: Impostor', { alarm: 'Impostor', subject: name, note })
    }
    this.#impostors = new Set(impostors.map(({ name }) => name))
  }

  /** What fails beside the main look is said, and tried again at the next. */
  async #failuresOf(work: () => Promise<void>): Promise<string[]> {
    try {
      await work()
      return []
    } catch (error) {
      return [messageOf(error)]
    }
  }
}

function seenWorker({ vm, drained, draining, claimed, jobStarts, unusable, keepaliveMinutes }: WorkerAd) {
  return {
    vm,
    drained,
    draining,
    claims: claimed,
    jobStarts,
    ...(unusable === undefined ? {} : { unusable }),
    ...(keepaliveMinutes === undefined ? {} : { keepaliveMinutes }),
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
