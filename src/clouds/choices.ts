import { collect, type ImageDetails, type OpenStack } from 'openstack-ts'
import type { Flavor } from '#domain/flavor.ts'
import type { Image } from '#domain/image.ts'
import { isUnfinishedCopy } from '#domain/replication/copies.ts'
import { hashOf } from '#domain/replication/same-data.ts'
import { hashesOf } from './image-hashes.ts'

/** Every image that the connection's project can see, shares that nobody has accepted yet included. */
export async function imagesOf(cloud: OpenStack): Promise<Image[]> {
  const { images } = cloud.image
  const [own, shared] = await Promise.all([
    collect(images.list()),
    collect(images.list({ visibility: 'shared', memberStatus: 'all' })),
  ])
  const byId = new Map([...own, ...shared].map((image) => [image.id, image]))
  return [...byId.values()].map(imageOf)
}

/** What Glance says of an image, as far as batch jobs are concerned. */
export function imageOf(image: ImageDetails): Image {
  const mapping = image.properties['block_device_mapping']
  const hashes = hashesOf(image)
  const hash = hashOf(hashes)
  return {
    id: image.id,
    name: image.name ?? image.id,
    status: image.status,
    visibility: image.visibility,
    owner: image.owner ?? '',
    bytes: image.sizeBytes ?? 0,
    minDiskGb: image.minDiskGb,
    minRamMb: image.minRamMb,
    createdAt: image.createdAt ?? '',
    ...(mapping === undefined ? {} : { blockDeviceMapping: mapping }),
    ...(hash === undefined ? {} : { hash }),
    ...(isUnfinishedCopy({ ...image, hashes }) ? { unfinishedCopy: true } : {}),
  }
}

/** The flavors that the connection's project may boot. */
export async function flavorsOf(cloud: OpenStack, signal?: AbortSignal): Promise<Flavor[]> {
  const flavors = await collect(cloud.compute.flavors.list({}, { signal }))
  return flavors
    .filter(({ disabled }) => !disabled)
    .map(({ id, name, vcpus, ramMb, diskGb, ephemeralGb }) => ({ id, name, vcpus, ramMb, diskGb, ephemeralGb }))
}
