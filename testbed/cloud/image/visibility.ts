import { isAdmin, mayWrite, projectOf } from '../identity/roles.ts'
import type { Principal } from '../identity/types.ts'
import { forbidden, notFound } from '../refusal.ts'
import type { Image, Member } from './types.ts'

export const memberKey = (imageId: string, project: string): string => `${imageId}:${project}`

/** Of an image and a project: its membership, if any. */
export type MemberOf = (imageId: string, project: string) => Member | undefined

export const owns = (who: Principal, image: Image): boolean => isAdmin(who) || image.owner === projectOf(who)

/** Whether the image exists at all for this project: whatever the member answered, it may be booted by id. */
export const canSee = (who: Principal, image: Image, memberOf: MemberOf): boolean =>
  owns(who, image) ||
  image.visibility === 'public' ||
  image.visibility === 'community' ||
  (image.visibility === 'shared' && memberOf(image.id, projectOf(who)) !== undefined)

/**
 * @param words of Glance for one that there is not
 * @throws Refusal 404, also for images that are merely out of sight
 */
export function visibleImage(who: Principal, image: Image | undefined, memberOf: MemberOf, words: string): Image {
  if (image === undefined || !canSee(who, image, memberOf)) throw notFound(words)
  return image
}

/** @param rule of Glance's policy */
export const glanceForbids = (rule: string) => forbidden(`You are not authorized to complete ${rule} action.`)

/** @throws Refusal 403 unless the image is one's own, and one may do more than read. */
export function ownImage(who: Principal, image: Image, rule: string): Image {
  if (!owns(who, image) || !mayWrite(who)) throw glanceForbids(rule)
  return image
}
