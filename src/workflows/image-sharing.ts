import { proxyActivities, setCurrentDetails } from '@temporalio/workflow'
import type { ImageActivities } from '#activities/image/activities.ts'
import type { ImageSharingInput, ImageSharingResult } from '#contract/image-sharing.ts'
import { cloudQueue } from '#contract/queues.ts'
import * as retries from './retries.ts'

/** Makes one image bootable by one project of its cloud: added by its owner, accepted by the target, seen there. */
export async function imageSharing(input: ImageSharingInput): Promise<ImageSharingResult> {
  const { addMember, acceptMember, confirmVisible } = proxyActivities<ImageActivities>({
    ...retries.patient,
    taskQueue: cloudQueue(input.pool, input.cloud),
  })
  const { visibility, shared } = await addMember(input)
  if (shared !== 'not-needed') await acceptMember(input)
  await confirmVisible(input)
  setCurrentDetails(
    `image \`${input.image.name}\` (${input.image.id}) is bootable by project \`${input.project}\` of ${input.cloud}`,
  )
  return { cloud: input.cloud, image: input.image.id, project: input.project, visibility, shared }
}
