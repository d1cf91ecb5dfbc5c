import { closestFirst } from './closest.ts'
import { Problem } from './problem.ts'
import type { DataHash } from './replication/same-data.ts'

export type ImageVisibility = 'public' | 'community' | 'shared' | 'private'

/** An image of one cloud, as far as batch jobs are concerned. */
export interface Image {
  id: string
  name: string
  /** Glance's word: `active`, `queued`, `saving`, `deactivated` … */
  status: string
  visibility: ImageVisibility
  /** Id of the project that owns it. */
  owner: string
  /** Bytes of its data; 0 for a snapshot of a VM that runs from a volume. */
  bytes: number
  /** GB and MB that a VM must have at least. */
  minDiskGb: number
  minRamMb: number
  /** ISO 8601. */
  createdAt: string
  /** Nova writes this property into the image that it makes of a volume-backed VM. */
  blockDeviceMapping?: string
  /** By which its data are known, if its cloud says. */
  hash?: DataHash
  /** It is a copy from another cloud that does not have its data yet. */
  unfinishedCopy?: true
}

/** What a flavor must offer to boot an image. */
export type ImageNeeds = Pick<Image, 'bytes' | 'minDiskGb' | 'minRamMb'>

const mostShown = 12

/**
 * The image that was named, by id or by exact name, fit to boot worker VMs from.
 * @param images all images that the user can see on the cloud
 * @throws Problem `ImageUnknown`, `ImageAmbiguous`, `ImageNotActive`, `ImageVolumeBacked`
 */
export function chooseImage(images: readonly Image[], wanted: string, cloud?: string): Image {
  const image = findImage(images, wanted, cloud)
  // first: such an image is active, and empty
  if (isVolumeBacked(image)) {
    throw new Problem({
      code: 'ImageVolumeBacked',
      kind: 'usage',
      message: `the image ${image.name} was made of a VM that runs from a volume, which cannot be used for batch jobs`,
      where: `image ${image.id}`,
      next: 'Boot a VM from an image, not from a volume, install the software there and take a snapshot of that VM.',
    })
  }
  requireActive(image)
  return image
}

/**
 * The image that was named, by id or by exact name, whatever it is good for.
 * @throws Problem `ImageUnknown`, `ImageAmbiguous`
 */
export function findImage(images: readonly Image[], wanted: string, cloud?: string): Image {
  const where = cloud === undefined ? {} : { where: `cloud ${cloud}` }
  const byId = images.filter((image) => image.id === wanted)
  const found = byId.length > 0 ? byId : images.filter((image) => image.name === wanted)
  const [image] = found
  if (image === undefined) {
    throw new Problem({
      code: 'ImageUnknown',
      kind: 'not-found',
      message: `there is no image ${JSON.stringify(wanted)} that you can see`,
      ...where,
      next: 'Choose one of these, the closest first, or check that the right project is selected.',
      details: closestFirst(
        wanted,
        images.map((one) => one.name),
      ).slice(0, mostShown),
    })
  }
  if (found.length > 1) {
    throw new Problem({
      code: 'ImageAmbiguous',
      kind: 'usage',
      message: `${found.length} images are called ${JSON.stringify(wanted)}`,
      ...where,
      next: 'Name one by its id.',
      details: found.toSorted(newestFirst).map((one) => `${one.id}  ${one.createdAt}  ${sizeOf(one)}  ${one.status}`),
    })
  }
  return image
}

/** Glance's words for images whose data is still coming. */
const coming = new Set(['queued', 'saving', 'uploading', 'importing'])

/** @throws Problem `ImageNotActive`, which names the status: nothing can be booted from such an image */
export function requireActive({ id, name, status }: Pick<Image, 'id' | 'name' | 'status'>): void {
  if (status === 'active') return
  throw new Problem({
    code: 'ImageNotActive',
    kind: 'failure',
    message: `the image ${name} is ${status}, not active`,
    where: `image ${id}`,
    next: coming.has(status)
      ? 'Wait until it has been saved, then try again.'
      : status === 'deactivated'
        ? 'Have an administrator of the cloud reactivate it, or choose another image.'
        : 'Choose another image.',
  })
}

/** A snapshot of a volume-backed VM is an empty image that only points at volumes of its own project. */
export function isVolumeBacked(image: Image): boolean {
  const mapping = (image.blockDeviceMapping ?? '').replaceAll(/\s/g, '')
  return image.bytes === 0 && mapping !== '' && mapping !== '[]'
}

function newestFirst(a: Image, b: Image): number {
  return a.createdAt < b.createdAt ? 1 : -1
}

function sizeOf({ bytes }: Image): string {
  return bytes >= 1024 ** 3 ? `${(bytes / 1024 ** 3).toFixed(1)} GB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`
}
