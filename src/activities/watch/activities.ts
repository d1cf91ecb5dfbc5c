import type { Deps } from '#activities/deps.ts'
import { untilDone } from '#activities/failure.ts'
import { watchCloud } from './watch-cloud.ts'
import { watchPool } from './watch-pool.ts'

export type WatchActivities = ReturnType<typeof createWatchActivities>

/** Each runs for a day; see the watch workflow. Whatever goes wrong, it is watched on. */
export function createWatchActivities(deps: Deps) {
  return {
    watchCloud: ({ cloud }: { cloud: string }): Promise<void> => untilDone(() => watchCloud(deps, cloud)),
    watchPool: (): Promise<void> => untilDone(() => watchPool(deps)),
  }
}
