import { Context } from '@temporalio/activity'
import type { Deps } from '#activities/deps.ts'
import type { Deed } from '#contract/cleanup.ts'
import type { Comparison, Finding } from '#domain/cleanup/findings.ts'
import { Deeds } from './deeds.ts'
import { lookAround } from './look-around.ts'

/** The attempt from which on a deletion is forced. */
const forceFrom = 2

export type CleanupActivities = ReturnType<typeof createCleanupActivities>

export function createCleanupActivities(deps: Deps) {
  return {
    /**
     * What does not agree between this cloud, the pool and our records.
     * @param request `at`: ms since 1970 by Temporal's clock, which also says when VMs ended
     */
    compareCloud: ({ cloud, at }: { cloud: string; at: number }): Promise<Comparison> => lookAround(deps, cloud, at),

    /** Mends one finding, if it still holds, and tells with what evidence. */
    async mend({ cloud, finding }: { cloud: string; finding: Finding }): Promise<Deed> {
      const { info, log } = Context.current()
      const outcome = await new Deeds(deps, cloud).do(finding, info.attempt >= forceFrom)
      const deed: Deed = { finding, ...outcome, at: Date.now() }
      log.info('cleanup', { cloud, ...deed })
      return deed
    },
  }
}
