import { isConflict, isQuotaExceeded, unlessNotFound, type OpenStack } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import type { ImageSharingInput, ImageSharingResult } from '#contract/image-sharing.ts'
import type { ImageUnsharingInput, ImageUnsharingResult } from '#contract/image-unsharing.ts'
import { imageOf } from '#clouds/choices.ts'
import { requireActive } from '#domain/image.ts'
import { sharingNeed, unsharingNeed, type SharingNeed } from '#domain/image-sharing.ts'
import { Problem } from '#domain/problem.ts'
import { withCredential } from '#secrets/with-credential.ts'

export type ImageActivities = ReturnType<typeof createImageActivities>

type Added = Pick<ImageSharingResult, 'visibility' | 'shared' | 'membership'>

export function createImageActivities(deps: Deps) {
  /** Works as the project that the image is shared with, where there is a credential of its. */
  const asReceiver = <T>(
    { cloud, receiver }: ImageSharingInput,
    work: (project: OpenStack) => Promise<T>,
  ): Promise<T | undefined> => {
    if (receiver === 'nobody') return Promise.resolve(undefined)
    return receiver === undefined ? work(deps.clouds.batch(cloud)) : withCredential(receiver, work)
  }
  const seenBy = (input: ImageSharingInput) =>
    asReceiver(input, (project) => unlessNotFound(project.image.images.show(input.image.id)))

  return {
    /** The owner adds the project to the image's members. Images that anyone can boot are left as they are. */
    addMember: (input: ImageSharingInput): Promise<Added> =>
      withCredential(input.owner, (owner) => addMember(owner, input, async () => (await seenBy(input)) !== undefined)),

    /** The project accepts, so that the image is in its lists too. */
    async acceptMember(input: ImageSharingInput): Promise<void> {
      const { image, project } = input
      await asReceiver(input, async ({ image: { members } }) => {
        const member = await unlessNotFound(members.show(image.id, project))
        if (member?.status !== 'accepted') await members.update(image.id, project, 'accepted')
      })
    },

    /** The project sees the image, active; else a server from it would fail. */
    async confirmVisible(input: ImageSharingInput): Promise<void> {
      const seen = await seenBy(input)
      if (seen?.status === 'active') return
      const whose = input.receiver === undefined ? 'batch project' : `project ${input.project}`
      throw new Problem({
        code: 'ImageNotVisible',
        kind: 'unreachable',
        where: `cloud ${input.cloud}, image ${input.image.name}`,
        message:
          seen === undefined ? `the ${whose} does not see the image yet` : `the image is ${seen.status}, not active`,
        next: 'It is looked for again.',
      })
    },

    /** The owner takes the project out of the image's members. Servers that were booted from it are left as they are. */
    removeMember: (input: ImageUnsharingInput): Promise<ImageUnsharingResult['outcome']> =>
      withCredential(input.owner, (owner) => removeMember(owner, input)),
  }
}

async function addMember(
  owner: OpenStack,
  { image, project }: ImageSharingInput,
  isSeen: () => Promise<boolean>,
): Promise<Added> {
  const { images, members } = owner.image
  const found = imageOf(await images.show(image.id))
  requireActive(found)
  const member = await unlessNotFound(members.show(image.id, project))
  if (member !== undefined) return { visibility: found.visibility, shared: 'already', membership: member.status }
  let need: SharingNeed
  try {
    need = sharingNeed(found, project, await owner.projectId())
  } catch (error) {
    // a member sees itself alone: whether its owner has shared it with the project, only that project can tell
    if (error instanceof Problem && (await isSeen())) return { visibility: found.visibility, shared: 'already' }
    throw error
  }
  if (need === 'nothing') return { visibility: found.visibility, shared: 'not-needed' }
  // Glance refuses members of a private image
  if (need === 'share-then-member') await images.setVisibility(image.id, 'shared')
  try {
    const { status } = await members.create(image.id, project)
    return { visibility: 'shared', shared: 'now', membership: status }
  } catch (error) {
    if (isQuotaExceeded(error)) throw noMoreMembers(image.name, error.fault ?? error.message, error)
    if (!isConflict(error)) throw error
    return { visibility: 'shared', shared: 'already', membership: (await members.show(image.id, project)).status }
  }
}

/** Glance's image_member_quota, 128 unless the cloud sets another. */
const noMoreMembers = (image: string, said: string, cause: unknown): Problem =>
  new Problem(
    {
      code: 'ImageMembersFull',
      kind: 'failure',
      message: `the image ${image} is shared with as many projects as the cloud allows: ${said}`,
      next: 'Take it away from a project that does not need it (canfar-batch image unshare), or ask the cloud to make it a community image.',
    },
    { cause },
  )

async function removeMember(
  owner: OpenStack,
  { image, project }: ImageUnsharingInput,
): Promise<ImageUnsharingResult['outcome']> {
  const { images, members } = owner.image
  const need = unsharingNeed(imageOf(await images.show(image.id)), project, await owner.projectId())
  if (need !== 'member') return need
  const removed = await unlessNotFound(members.delete(image.id, project).then(() => true))
  return removed === true ? 'unshared' : 'not-shared'
}
