import { proxyActivities } from '@temporalio/workflow'
import type { StandingActivities } from '#activities/standing/activities.ts'
import type { SubmissionActivities } from '#activities/submission/activities.ts'
import * as retries from './retries.ts'

const { keepStanding } = proxyActivities<StandingActivities>(retries.mending)
const { clearCutSubmissions } = proxyActivities<SubmissionActivities>(retries.mending)

/** One pass over what nobody else looks after: what must run runs, and submissions that were ended from outside leave no files. */
export async function housekeeping(): Promise<{ cleared: string[] }> {
  await keepStanding()
  return { cleared: await clearCutSubmissions() }
}
