import { Context } from '@temporalio/activity'
import type { Deps } from '#activities/deps.ts'
import { untilDone } from '#activities/failure.ts'
import type { FleetMemory } from '#contract/fleet.ts'
import { recallFleet } from './recall-fleet.ts'
import { startStanding } from './start-standing.ts'
import { stuckWorkflows } from './stuck-workflows.ts'

export type StandingActivities = ReturnType<typeof createStandingActivities>

export function createStandingActivities({ client, config, digest }: Deps) {
  return {
    /** Starts again whatever of the fleet and the watches was ended from outside, and says which workflows do not get on. */
    async keepStanding(): Promise<void> {
      await startStanding(client, config, digest)
      for (const { id, attempts } of await stuckWorkflows(client, config.pool)) {
        const note = `its workflow task has failed ${attempts - 1} times; the cause is in its history, in the web UI`
        Context.current().log.error('alarm: Stuck', { alarm: 'Stuck', subject: id, note })
      }
    },

    /** What an earlier run of the fleet knew: no decision of an operator is lost with it. */
    recallFleet: ({ pool }: { pool: string }): Promise<FleetMemory> => untilDone(() => recallFleet(client, pool)),
  }
}
