import type { OpenStack } from 'openstack-ts'
import { bootVolumeGb, type BootVolumePolicy } from '#domain/boot-volume.ts'
import type { BootVolumeSize } from '#domain/fleet/types.ts'
import { imageOf } from './choices.ts'

/** How large the volume must be that a VM of an image boots from; unknown, with its reason, if the image cannot be seen. */
export async function bootVolumeSize(
  cloud: OpenStack,
  imageId: string,
  policy: BootVolumePolicy,
  signal: AbortSignal,
): Promise<BootVolumeSize> {
  try {
    const details = await cloud.image.images.show(imageId, { signal })
    const { virtualSizeBytes } = details
    const needs = { ...imageOf(details), ...(virtualSizeBytes === null ? {} : { virtualBytes: virtualSizeBytes }) }
    return { gb: bootVolumeGb(needs, policy) }
  } catch (error) {
    return { unknown: error instanceof Error ? error.message : String(error) }
  }
}
