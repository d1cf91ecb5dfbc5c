import {
  collect,
  isQuotaExceeded,
  OpenStackError,
  unlessNotFound,
  type ImageDetails,
  type OpenStack,
} from 'openstack-ts'
import type { Copy, ImageReplicationInput, SourceImage } from '#contract/image-replication.ts'
import { hashesOf } from '#clouds/image-hashes.ts'
import { Problem } from '#domain/problem.ts'
import { unfinishedAmong, type Candidate } from '#domain/replication/copies.ts'
import { markOf, propertiesOfCopy } from '#domain/replication/properties.ts'

export interface Request {
  input: ImageReplicationInput
  source: SourceImage
}

export const candidateOf = (image: ImageDetails): Candidate => ({
  id: image.id,
  name: image.name ?? image.id,
  status: image.status,
  owner: image.owner ?? '',
  visibility: image.visibility,
  hashes: hashesOf(image),
  properties: image.properties,
})

/** A record without data, found or made. @throws Problem `ImageQuotaExceeded` */
export async function prepareCopy(target: OpenStack, { input, source }: Request): Promise<Copy> {
  const [queued] = (await unfinished(target, { input, source })).filter(({ status }) => status === 'queued')
  if (queued !== undefined) return { id: queued.id, name: queued.name }
  const { name, diskFormat, containerFormat, minDiskGb, minRamMb, tags, properties } = source
  const image = { name, diskFormat, containerFormat, minDiskGb, minRamMb, tags, visibility: 'private' as const }
  const kept = propertiesOfCopy(properties, markOf(input.hash))
  const made = await namingQuota(input, target.image.images.create({ ...image, properties: kept }))
  return { id: made.id, name }
}

/** Whatever attempts have left there that is no copy. */
export async function removeUnfinished(target: OpenStack, request: Request): Promise<void> {
  for (const { id } of await unfinished(target, request)) await unlessNotFound(target.image.images.delete(id))
}

async function unfinished(target: OpenStack, { input, source }: Request): Promise<Candidate[]> {
  const { project } = input.to
  const own = await collect(target.image.images.list({ owner: project }))
  return unfinishedAmong(own.map(candidateOf), source.hashes, { project, mark: markOf(input.hash) })
}

/** Glance says 413 for any of its limits: of images, of their bytes, of uploads at a time. */
export async function namingQuota<T>({ to, image }: ImageReplicationInput, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (!isQuotaExceeded(error) && !(OpenStackError.is(error) && error.status === 413)) throw error
    throw new Problem(
      {
        code: 'ImageQuotaExceeded',
        kind: 'failure',
        where: `cloud ${to.cloud}, project ${to.project}`,
        message: `the quota of your project has no room for ${image.name}: ${error.fault ?? error.message}`,
        next: `Delete images there that nobody needs, or ask the cloud for more; then replicate again.`,
      },
      { cause: error },
    )
  }
}
