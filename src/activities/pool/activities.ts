import { Context } from '@temporalio/activity'
import type { Deps } from '#activities/deps.ts'
import { untilDone } from '#activities/failure.ts'
import { drain, drainIfEmpty, drainState } from '#htcondor/drain.ts'
import { releaseHeldBy } from '#htcondor/failures.ts'
import { forgetWorker } from '#htcondor/forget-worker.ts'
import { holdAndRelease } from '#htcondor/hold-and-release.ts'
import { absence, absenceWords, type Joining } from './absence.ts'

/** How long a worker that accepted an idle drain may take to show that it is drained, ms: it has nothing to wait for. */
const proofMs = 20_000

export type DrainActivities = ReturnType<typeof createPoolActivities>

/** A VM that was never in the pool is waited for. */
export interface MayJoin extends Joining {
  /** How long, ms from when it was first asked to drain. */
  within: number
}

export function createPoolActivities(deps: Deps) {
  const { condor, config } = deps

  const missing = async (vm: string, mayJoin: MayJoin | undefined): Promise<'not-in-pool' | 'drain-refused'> => {
    const found = await absence(deps, vm, mayJoin !== undefined && waited() < mayJoin.within ? mayJoin : undefined)
    if (found === 'not-in-pool') return found
    if (found === 'has-job') return 'drain-refused'
    // asked again
    throw new Error(absenceWords[found])
  }

  return {
    /**
     * Retires a worker that has no job: drained and proved so, or refused because one has come. The worker itself decides,
     * so that a job that comes at the last moment is safe.
     */
    async drainIfEmpty({
      vm,
      mayJoin,
    }: {
      vm: string
      mayJoin?: MayJoin
    }): Promise<'drained' | 'drain-refused' | 'not-in-pool'> {
      const context = Context.current()
      const signal = context.cancellationSignal
      const answer = await untilDone(() => drainIfEmpty(condor, vm, 'canfar-batch: idle', { signal }))
      if (answer === 'busy') return 'drain-refused'
      if (answer === 'gone') return missing(vm, mayJoin)
      const end = performance.now() + proofMs
      for (;;) {
        const state = await drainState(condor, vm, { signal, trustDomain: config.condor.trustDomain })
        if (state === 'drained') return 'drained'
        if (state === 'absent') return missing(vm, mayJoin)
        if (performance.now() > end) throw new Error(`${vm} accepted its drain but is ${state}`)
        await context.sleep(250)
      }
    },

    /** Asks a worker to let its running jobs finish and to start no more. Asking again changes nothing. */
    async startDrain({ vm }: { vm: string }): Promise<void> {
      await untilDone(() =>
        drain(condor, vm, 'canfar-batch: retired', { signal: Context.current().cancellationSignal }),
      )
    },

    /** Lets jobs go on that were held because of a VM, now that it is out of the way. */
    async releaseHolds({ vm }: { vm: string }): Promise<void> {
      await untilDone(() => releaseHeldBy(condor, vm, { signal: Context.current().cancellationSignal }))
    },

    /** Lets the jobs of a VM that is gone run elsewhere at once; their lease would let them wait for 40 minutes. */
    async requeueJobs({ vm }: { vm: string }): Promise<void> {
      const { cancellationSignal: signal, log } = Context.current()
      await forgetWorker(condor, vm, { signal, trustDomain: config.condor.trustDomain }).catch((error: unknown) =>
        log.warn('the ads of a VM that is gone stay in the pool until they expire', { vm, error }),
      )
      await untilDone(() => holdAndRelease(condor, vm, { signal }))
    },
  }
}

/** How long the activity has been asked for, by Temporal's clock: this process's own may be hours away from it. */
function waited(): number {
  const { currentAttemptScheduledTimestampMs: now, scheduledTimestampMs: start } = Context.current().info
  return now - start
}
