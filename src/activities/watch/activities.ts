import type { Deps } from '#activities/deps.ts'
import { watchCloud } from './watch-cloud.ts'
import { watchPool } from './watch-pool.ts'

export type WatchActivities = ReturnType<typeof createWatchActivities>

/** Each runs for a day; see the watch workflow. */
export function createWatchActivities(deps: Deps) {
  return {
    watchCloud: ({ cloud }: { cloud: string }): Promise<void> => watchCloud(deps, cloud),
    watchPool: (): Promise<void> => watchPool(deps),
  }
}
