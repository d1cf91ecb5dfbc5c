import { Context } from '@temporalio/activity'
import { collect } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import { untilDone } from '#activities/failure.ts'
import { imageOf } from '#clouds/choices.ts'
import { hashesOf } from '#clouds/image-hashes.ts'
import type { Copy, ImageReplicationInput, SourceImage } from '#contract/image-replication.ts'
import { chooseImage } from '#domain/image.ts'
import { copyAmong } from '#domain/replication/copies.ts'
import { withCredential } from '#secrets/with-credential.ts'
import { confirmCopy } from './confirm-copy.ts'
import { Staging } from './staging.ts'
import { candidateOf, prepareCopy, removeUnfinished, type Request } from './target.ts'

export type CopyActivities = ReturnType<typeof createCopyActivities>

/** What is asked of one cloud, for a moment each. */
export function createCopyActivities({ config }: Deps) {
  return {
    /** @throws Problem `ImageNotActive`, which names the status, `ImageVolumeBacked` */
    lookAtSource: ({ from, image }: ImageReplicationInput): Promise<SourceImage> =>
      withCredential(from.credential, async (cloud) => {
        const found = await cloud.image.images.show(image.id)
        const { name } = chooseImage([imageOf(found)], image.id, from.cloud)
        return {
          name,
          diskFormat: found.diskFormat ?? 'raw',
          containerFormat: found.containerFormat ?? 'bare',
          minDiskGb: found.minDiskGb,
          minRamMb: found.minRamMb,
          sizeBytes: found.sizeBytes ?? 0,
          hashes: hashesOf(found),
          tags: found.tags,
          properties: found.properties,
        }
      }),

    /** An image of the target with the same data. */
    findCopy: ({ input: { to }, source }: Request): Promise<Copy | undefined> =>
      withCredential(to.credential, async (cloud) => {
        const all = await collect(cloud.image.images.list({ status: 'active' }))
        const found = copyAmong(all.map(candidateOf), source, to.project)
        return found && { id: found.id, name: found.name }
      }),

    prepareCopy: (request: Request): Promise<Copy> =>
      withCredential(request.input.to.credential, (cloud) => prepareCopy(cloud, request)),

    confirmCopy: (request: Request & { copy: Copy }): Promise<void> =>
      withCredential(request.input.to.credential, (cloud) =>
        confirmCopy(
          cloud,
          request,
          Staging.of(config.stateFolder, request.input),
          Context.current().cancellationSignal,
        ),
      ),

    /** Leaves nothing of it on the target that is no copy. */
    removeUnfinished: (request: Request): Promise<void> =>
      untilDone(() => withCredential(request.input.to.credential, (cloud) => removeUnfinished(cloud, request))),
  }
}
