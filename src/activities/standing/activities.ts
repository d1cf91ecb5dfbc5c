import type { Deps } from '#activities/deps.ts'
import { untilDone } from '#activities/failure.ts'
import type { FleetMemory } from '#contract/fleet.ts'
import { recallFleet } from './recall-fleet.ts'
import { startStanding } from './start-standing.ts'

export type StandingActivities = ReturnType<typeof createStandingActivities>

export function createStandingActivities({ client, config, digest }: Deps) {
  return {
    /** Starts again whatever of the fleet and the watches was ended from outside. */
    keepStanding: (): Promise<void> => startStanding(client, config, digest),

    /** What an earlier run of the fleet knew: no decision of an operator is lost with it. */
    recallFleet: ({ pool }: { pool: string }): Promise<FleetMemory> => untilDone(() => recallFleet(client, pool)),
  }
}
