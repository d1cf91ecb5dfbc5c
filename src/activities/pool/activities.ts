import { Context } from '@temporalio/activity'
import type { Deps } from '#activities/deps.ts'

/** How long a worker that accepted an idle drain may take to show that it is drained, ms: it has nothing to wait for. */
const proofMs = 20_000

export type DrainActivities = ReturnType<typeof createPoolActivities>

export function createPoolActivities({ condor }: Deps) {
  return {
    /**
     * Retires a worker that has no job: drained and proved so, or refused because one has come. The worker itself decides,
     * so that a job that comes at the last moment is safe.
     */
    async drainIfEmpty({ vm }: { vm: string }): Promise<'drained' | 'drain-refused' | 'not-in-pool'> {
      const context = Context.current()
      const signal = context.cancellationSignal
      const answer = await condor.drainIfEmpty(vm, { signal })
      if (answer === 'busy') return 'drain-refused'
      if (answer === 'absent') return 'not-in-pool'
      const end = Date.now() + proofMs
      for (;;) {
        const state = await condor.drainState(vm, { signal })
        if (state === 'drained') return 'drained'
        if (state === 'absent') return 'not-in-pool'
        if (Date.now() > end) throw new Error(`${vm} accepted its drain but is ${state}`)
        await context.sleep(250)
      }
    },

    /** Asks a worker to let its running jobs finish and to start no more. Asking again changes nothing. */
    async startDrain({ vm }: { vm: string }): Promise<void> {
      await condor.drain(vm, { signal: Context.current().cancellationSignal })
    },

    /** Makes the jobs of a VM that has vanished idle at once; their lease would let them wait for 40 minutes. */
    async requeueJobs({ vm }: { vm: string }): Promise<void> {
      await condor.requeueJobsOf(vm, { signal: Context.current().cancellationSignal })
    },
  }
}
