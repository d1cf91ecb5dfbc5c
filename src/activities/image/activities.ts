import { isConflict, unlessNotFound, type OpenStack } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import type { ImageSharingInput, ImageSharingResult } from '#contract/image-sharing.ts'
import { imageOf } from '#clouds/choices.ts'
import { sharingNeed } from '#domain/image.ts'
import { Problem } from '#domain/problem.ts'
import { withCredential } from '#secrets/with-credential.ts'

export type ImageActivities = ReturnType<typeof createImageActivities>

type Added = Pick<ImageSharingResult, 'visibility' | 'shared'>

export function createImageActivities(deps: Deps) {
  return {
    /** The owner adds the project to the image's members. Images that anyone can boot are left as they are. */
    async addMember(input: ImageSharingInput): Promise<Added> {
      return withCredential(input.owner, (owner) => addMember(owner, input))
    },

    /** The project accepts, so that the image is in its lists too. */
    async acceptMember({ cloud, image, project }: ImageSharingInput): Promise<void> {
      const { members } = deps.clouds.batch(cloud).image
      const member = await unlessNotFound(members.show(image.id, project))
      if (member?.status !== 'accepted') await members.update(image.id, project, 'accepted')
    },

    /** The project sees the image, active; else a server from it would fail. */
    async confirmVisible({ cloud, image }: ImageSharingInput): Promise<void> {
      const seen = await unlessNotFound(deps.clouds.batch(cloud).image.images.show(image.id))
      if (seen?.status === 'active') return
      throw new Problem({
        code: 'ImageNotVisible',
        kind: 'unreachable',
        where: `cloud ${cloud}, image ${image.name}`,
        message:
          seen === undefined
            ? 'the batch project does not see the image yet'
            : `the image is ${seen.status}, not active`,
        next: 'It is looked for again.',
      })
    },
  }
}

async function addMember(owner: OpenStack, { image, project }: ImageSharingInput): Promise<Added> {
  const { images, members } = owner.image
  const found = imageOf(await images.show(image.id))
  const member = await unlessNotFound(members.show(image.id, project))
  if (member !== undefined) return { visibility: found.visibility, shared: 'already' }
  const need = sharingNeed(found, project, await owner.projectId())
  if (need === 'nothing') return { visibility: found.visibility, shared: 'not-needed' }
  // Glance refuses members of a private image
  if (need === 'share-then-member') await images.setVisibility(image.id, 'shared')
  try {
    await members.create(image.id, project)
    return { visibility: 'shared', shared: 'now' }
  } catch (error) {
    if (!isConflict(error)) throw error
    return { visibility: 'shared', shared: 'already' }
  }
}
