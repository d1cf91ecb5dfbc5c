import { proxyActivities, setCurrentDetails } from '@temporalio/workflow'
import type { ImageActivities } from '#activities/image/activities.ts'
import type { ImageSharingInput, ImageSharingResult } from '#contract/image-sharing.ts'
import { cloudQueue } from '#contract/queues.ts'
import * as retries from './retries.ts'

/**
 * Makes one image bootable by one project of its cloud: added by its owner, accepted by the target, seen there. Where nobody
 * here can speak for the target, the last two are left to its people.
 */
export async function imageSharing(input: ImageSharingInput): Promise<ImageSharingResult> {
  const { addMember, acceptMember, confirmVisible } = proxyActivities<ImageActivities>({
    ...retries.patient,
    taskQueue: cloudQueue(input.pool, input.cloud),
  })
  const { visibility, shared, membership } = await addMember(input)
  const result = { cloud: input.cloud, image: input.image.id, project: input.project, visibility, shared }
  const member = shared !== 'not-needed'
  if (input.receiver === 'nobody') {
    const answer = membership ?? 'pending'
    setCurrentDetails(
      member ? `${sentence(input)}; the project’s answer is ${answer}` : `${sentence(input)}, as by everybody`,
    )
    return member ? { ...result, membership: answer } : result
  }
  if (member) await acceptMember(input)
  await confirmVisible(input)
  setCurrentDetails(sentence(input))
  return member ? { ...result, membership: 'accepted' } : result
}

const sentence = ({ image, project, cloud }: ImageSharingInput): string =>
  `image \`${image.name}\` (${image.id}) is bootable by project \`${project}\` of ${cloud}`
