import { patched, proxyActivities } from '@temporalio/workflow'
import type { TransferActivities } from '#activities/replication/transfer-activities.ts'
import type { RotationUpkeep } from '#activities/rotation/upkeep.ts'
import type { StandingActivities } from '#activities/standing/activities.ts'
import type { SubmissionActivities } from '#activities/submission/activities.ts'
import * as retries from './retries.ts'

const { keepStanding } = proxyActivities<StandingActivities>(retries.mending)
const { clearCutSubmissions } = proxyActivities<SubmissionActivities>(retries.mending)
const { clearCutReplications } = proxyActivities<TransferActivities>(retries.mending)
const { startDueRotations, clearCutRotations } = proxyActivities<RotationUpkeep>(retries.mending)

/**
 * One pass over what nobody else looks after: what must run runs, credentials are rotated in time, and submissions, replications and
 * rotations that were ended from outside leave no files.
 */
export async function housekeeping(): Promise<{ cleared: string[]; rotations?: string[] }> {
  await keepStanding()
  const cleared = await clearCutSubmissions()
  if (patched('replications')) cleared.push(...(await clearCutReplications()))
  if (!patched('rotations')) return { cleared }
  cleared.push(...(await clearCutRotations()))
  return { cleared, rotations: await startDueRotations() }
}
