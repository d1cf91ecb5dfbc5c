import type { Image } from './image.ts'
import { Problem } from './problem.ts'

/** What must be done so that VMs of another project can boot from an image. */
export type SharingNeed = 'nothing' | 'member' | 'share-then-member'

/**
 * Public and community images are left as they are: making one `shared` would take it from everybody else.
 * @param by id of the project in whose name the sharing is done: the owner's alone can
 * @throws Problem `ImageNotYours`
 */
export function sharingNeed(image: Image, target: string, by: string): SharingNeed {
  if (isOpen(image) || image.owner === target) return 'nothing'
  requireOwner(image, by)
  return image.visibility === 'shared' ? 'member' : 'share-then-member'
}

/** What taking an image away from a project comes to; `member`: it has to be taken out of the members, if it is one. */
export type UnsharingNeed = 'open' | 'own' | 'not-shared' | 'member'

/**
 * @param by id of the project in whose name it is done: the owner's alone can
 * @throws Problem `ImageNotYours`
 */
export function unsharingNeed(image: Image, target: string, by: string): UnsharingNeed {
  requireOwner(image, by)
  if (image.owner === target) return 'own'
  if (isOpen(image)) return 'open'
  return image.visibility === 'shared' ? 'member' : 'not-shared'
}

/** Whether everybody can boot it: such images have no members. */
export const isOpen = ({ visibility }: Pick<Image, 'visibility'>): boolean =>
  visibility === 'public' || visibility === 'community'

function requireOwner(image: Image, by: string): void {
  if (image.owner === by) return
  throw new Problem({
    code: 'ImageNotYours',
    kind: 'auth',
    message: `the image ${image.name} belongs to another project, which alone can say with whom it is shared`,
    where: `image ${image.id}`,
    next: `Ask the project ${image.owner} to do it, or make a copy of your own.`,
  })
}
