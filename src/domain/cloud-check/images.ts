import { failed, passed, type Check } from '../check.ts'
import type { Image } from '../image.ts'

/** What the batch project sees of images. */
export interface ImageFacts {
  /** Of all that it can boot without having accepted anything. */
  open: readonly Image[]
  /** Shared with it, by its answer. */
  accepted: readonly Image[]
  pending: readonly Image[]
  /** Why its own membership of one that is shared with it cannot be seen; absent if it can, or none is shared. */
  hidden?: string
}

const mostNamed = 3

/** Which images the batch project sees: shares that nobody has answered are no fault, submissions accept what they use. */
export function judgeImages({ open, accepted, pending, hidden }: ImageFacts): Check {
  const name = 'shared images'
  if (hidden !== undefined) {
    return failed(
      name,
      `the project sees images that are shared with it, and not that it may accept them: ${hidden}`,
      'Ask the cloud’s operators for Glance’s policies get_member and modify_member.',
    )
  }
  const waiting = pending
    .slice(0, mostNamed)
    .map((image) => image.name)
    .join(', ')
  const more = pending.length > mostNamed ? ' …' : ''
  const shares =
    pending.length === 0
      ? `${accepted.length} shared with it and accepted, none pending`
      : `${accepted.length} shared with it and accepted, ${pending.length} pending: ${waiting}${more} (accepted when a submission uses them)`
  return passed(name, `${open.length} public or its own, ${shares}`)
}

/** Formats that no server boots from. */
const unbootable = new Set(['iso', 'aki', 'ari', 'ami'])

/** The image that is booted soonest: active, of a disk, and small. */
export function smallestImage(images: readonly (Image & { diskFormat: string | null })[]): Image | undefined {
  return images
    .filter(({ status, blockDeviceMapping }) => status === 'active' && blockDeviceMapping === undefined)
    .filter(({ bytes, diskFormat }) => bytes > 0 && !unbootable.has(diskFormat ?? ''))
    .toSorted((a, b) => a.minDiskGb - b.minDiskGb || a.bytes - b.bytes || (a.id < b.id ? -1 : 1))[0]
}
