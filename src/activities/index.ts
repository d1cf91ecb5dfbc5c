import { createAlarmActivities } from './alarm/activities.ts'
import { createCleanupActivities } from './cleanup/activities.ts'
import type { Deps } from './deps.ts'
import { withFailures } from './failure.ts'
import { createFleetActivities } from './fleet/activities.ts'
import { withHeartbeats } from './heartbeats.ts'
import { createImageActivities } from './image/activities.ts'
import { createPoolActivities } from './pool/activities.ts'
import { createCopyActivities } from './replication/copy-activities.ts'
import { createTransferActivities } from './replication/transfer-activities.ts'
import { createRotationActivities } from './rotation/activities.ts'
import { createRotationUpkeep } from './rotation/upkeep.ts'
import { createStandingActivities } from './standing/activities.ts'
import { createSubmissionActivities } from './submission/activities.ts'
import { createVmActivities } from './vm/activities.ts'
import { createWatchActivities } from './watch/activities.ts'

/** All activities, by the task queue that they belong to. */
export function createActivities(deps: Deps) {
  return {
    operations: withHeartbeats(
      withFailures({
        ...createAlarmActivities(),
        ...createFleetActivities(deps),
        ...createPoolActivities(deps),
        ...createRotationUpkeep(deps),
        ...createStandingActivities(deps),
        ...createSubmissionActivities(deps),
        ...createTransferActivities(deps),
      }),
    ),
    cloud: withHeartbeats(
      withFailures({
        ...createCleanupActivities(deps),
        ...createVmActivities(deps),
        ...createImageActivities(deps),
        ...createCopyActivities(deps),
        ...createRotationActivities(deps),
      }),
    ),
    watch: withFailures(createWatchActivities(deps)),
  }
}
