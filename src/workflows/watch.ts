import { CancelledFailure } from '@temporalio/common'
import { CancellationScope, continueAsNew, isCancellation, proxyActivities, setHandler } from '@temporalio/workflow'
import type { WatchActivities } from '#activities/watch/activities.ts'
import { watchQueue } from '#contract/queues.ts'
import { configure, type WatchInput } from '#contract/watch.ts'
import * as retries from './retries.ts'

/**
 * Observes one cloud, or the pool, for as long as it is watched: one long activity that polls inside itself and signals on
 * change, so that no history grows while nothing happens. A new configuration cancels it, awaits its end and starts it anew.
 */
export async function watch(input: WatchInput): Promise<void> {
  const { watchCloud, watchPool } = proxyActivities<WatchActivities>({
    ...retries.watching,
    taskQueue: watchQueue(input.pool),
  })
  let digest = input.digest
  const round = new CancellationScope()
  setHandler(configure, (wanted) => {
    if (wanted.digest === digest) return
    digest = wanted.digest
    round.cancel()
  })
  try {
    await round.run(() => (input.kind === 'cloud' ? watchCloud(input) : watchPool()))
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) throw isCancellation(error) ? error : new CancelledFailure('')
    // a watch whose worker process was killed cannot say that it has ended: it is found out by its heartbeat
    if (!round.consideredCancelled) throw error
  }
  await continueAsNew<typeof watch>({ ...input, digest })
}
