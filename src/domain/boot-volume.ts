import type { ImageNeeds } from './image.ts'

/** What a site wants of the volumes that VMs boot from, where flavors have no root disk. */
export interface BootVolumePolicy {
  /** Volume type by name or id; the cloud's default if absent. */
  type?: string | undefined
  /** At least so large; never smaller than the image. */
  sizeGb?: number | undefined
}

/** The volume that a VM boots from. It is made of the VM's image and dies with its server. */
export interface BootVolume {
  sizeGb: number
  type?: string
}

const gib = 1024 ** 3

/** The smallest volume that holds the image, and what the site wants at least; whole GB, as Cinder counts. */
export function bootVolumeGb(image: ImageNeeds & { virtualBytes?: number }, policy: BootVolumePolicy): number {
  const dataGb = Math.ceil(Math.max(image.bytes, image.virtualBytes ?? 0) / gib)
  return Math.max(1, image.minDiskGb, dataGb, policy.sizeGb ?? 0)
}
