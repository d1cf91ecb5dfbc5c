import { Context } from '@temporalio/activity'
import type { Deps } from '#activities/deps.ts'
import { wakeFleet } from '#activities/fleet/tell-fleet.ts'
import type { PoolSeen } from '#contract/watch.ts'
import { vmRecord } from '#contract/vm-lifecycle.ts'
import { poolPass, type ExpectedWorker, type WorkerMemory } from '#domain/watch/pool-pass.ts'
import { totals as readTotals } from '#htcondor/totals.ts'
import type { WorkerAd } from '#htcondor/worker-ad.ts'
import { hasHeardOfAll, workers as readWorkers } from '#htcondor/workers.ts'
import { BlackHoles } from './black-holes.ts'
import { expectedVms } from './expected.ts'
import { watchLoop } from './loop.ts'
import { SubmissionWatch } from './submission-watch.ts'
import { Teller } from './tell.ts'

/** A look that takes longer has failed: it must end before the heartbeat timeout. */
const lookTimeout = 8000

/** Looks at the pool and the queue until cancelled; tells VMs, submissions and the fleet what has changed. */
export async function watchPool(deps: Deps): Promise<void> {
  const { condor, client, config } = deps
  const teller = new Teller(client)
  const submissions = new SubmissionWatch(deps)
  const blackHoles = new BlackHoles(deps)
  let memory: ReadonlyMap<string, WorkerMemory> = new Map()
  let lastIdle: string | undefined
  let seen: PoolSeen = { at: 0, ok: 'unknown' }
  await rememberFirstJobs(deps, teller)
  await watchLoop(async (cancelled) => {
    const at = Date.now()
    const signal = AbortSignal.any([cancelled, AbortSignal.timeout(lookTimeout)])
    const [workers, totals] = await Promise.allSettled([
      readWorkers(condor, { signal, trustDomain: config.condor.trustDomain }),
      readTotals(condor, { signal }),
    ])
    const idle = totals.status === 'fulfilled' ? totals.value.idle : undefined
    if (workers.status === 'fulfilled') {
      const expected = await expectedVms(client, config.pool)
      const known = expected.map(({ vm, state, order }): ExpectedWorker => ({
        vm,
        state,
        keepaliveMs: order.keepaliveMs,
      }))
      for (const { name, identity = 'nobody', why } of workers.value.impostors) {
        Context.current().log.warn('alarm: Impostor', {
          alarm: 'Impostor',
          subject: name,
          note: `advertised by ${identity}: ${why}`,
        })
      }
      const settled = hasHeardOfAll(workers.value, config.condor.updateInterval, at)
      const now = { at, idleJobs: idle, keepaliveCapMs: config.keepalive.cap, settled }
      const pass = poolPass(known, workers.value.workers.map(seenWorker), memory, now)
      memory = pass.memory
      const serving = new Set(known.filter(({ state }) => state === 'serving').map(({ vm }) => vm))
      const holes = await blackHoles.look(serving, at, signal).catch(() => [])
      for (const { vm, event } of [...holes, ...pass.events]) await teller.tell(vm, event)
      teller.forget(new Set(expected.map(({ vm }) => vm)))
    }
    if (totals.status === 'fulfilled') {
      await submissions.look(totals.value, at, signal)
      // an idle system writes no history: the fleet is woken only by a change while jobs wait
      const state = `${totals.value.idle} ${totals.value.running}`
      if (state !== lastIdle && totals.value.idle > 0)
        await wakeFleet(client, config.pool, { source: 'pool', at, idle: totals.value.idle })
      lastIdle = state
    }
    const failed = [workers, totals].flatMap((one) => (one.status === 'rejected' ? [messageOf(one.reason)] : []))
    if (cancelled.aborted) cancelled.throwIfAborted()
    seen =
      failed.length === 0
        ? { at, ok: true, ...(idle === undefined ? {} : { idle }) }
        : { ...seen, at, ok: false, error: failed.join('; ') }
    return { wait: config.condor.poll, seen }
  })
}

function seenWorker(ad: WorkerAd) {
  const { vm, drained, draining, claimed: claims, jobStarts, unusable, keepaliveMinutes } = ad
  return {
    vm,
    drained,
    draining,
    claims,
    jobStarts,
    ...(unusable === undefined ? {} : { unusable }),
    ...(keepaliveMinutes === undefined ? {} : { keepaliveMinutes }),
  }
}

/** What an earlier watch has told about first jobs, asked of the VMs themselves: a query writes no history. */
async function rememberFirstJobs({ client, config }: Deps, teller: Teller): Promise<void> {
  for (const { vm, state } of await expectedVms(client, config.pool)) {
    if (state !== 'serving') continue
    const record = await client.workflow
      .getHandle(vm)
      .query(vmRecord)
      .catch(() => undefined)
    if (record?.firstJobAt !== undefined) teller.alreadyTold(vm, 'first-job', record.firstJobAt)
    Context.current().heartbeat()
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
