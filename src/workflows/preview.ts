import { proxyActivities } from '@temporalio/workflow'
import type { FleetActivities } from '#activities/fleet/activities.ts'
import type { PlanPreview, PreviewInput } from '#contract/preview.ts'
import * as retries from './retries.ts'

const { previewPlan } = proxyActivities<FleetActivities>(retries.whileSomebodyWaits)

/** A plan that is made now and not applied. Apart from the fleet, whose history it is not. */
export async function preview({
  pool,
  controls = {},
  breakers,
  recent = [],
  ...more
}: PreviewInput): Promise<PlanPreview> {
  return previewPlan({ pool, controls, breakers, recent, now: Date.now(), ...more })
}
