import { proxyActivities, setCurrentDetails } from '@temporalio/workflow'
import type { ImageActivities } from '#activities/image/activities.ts'
import type { ImageUnsharingInput, ImageUnsharingResult } from '#contract/image-unsharing.ts'
import { cloudQueue } from '#contract/queues.ts'
import * as retries from './retries.ts'

const said: Record<ImageUnsharingResult['outcome'], string> = {
  unshared: 'is no longer shared with',
  'not-shared': 'was not shared with',
  open: 'can be booted by everybody, also by',
  own: 'belongs to',
}

/** Takes one image away from one project of its cloud. What was booted from it runs on. */
export async function imageUnsharing(input: ImageUnsharingInput): Promise<ImageUnsharingResult> {
  const { cloud, image, project } = input
  const { removeMember } = proxyActivities<ImageActivities>({
    ...retries.patient,
    taskQueue: cloudQueue(input.pool, cloud),
  })
  const outcome = await removeMember(input)
  setCurrentDetails(`image \`${image.name}\` (${image.id}) ${said[outcome]} project \`${project}\` of ${cloud}`)
  return { cloud, image: image.id, project, outcome }
}
