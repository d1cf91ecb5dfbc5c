import { isAdmin, projectOf } from '../identity/roles.ts'
import type { Principal } from '../identity/types.ts'
import { badRequest } from '../refusal.ts'
import type { Image } from './types.ts'
import { imageView } from './view.ts'
import type { MemberOf } from './visibility.ts'

const SORT_KEYS: Record<string, (image: Image) => string | number> = {
  name: (i) => i.name ?? '',
  status: (i) => i.status,
  container_format: (i) => i.containerFormat ?? '',
  disk_format: (i) => i.diskFormat ?? '',
  size: (i) => i.size ?? 0,
  id: (i) => i.id,
  created_at: (i) => i.createdAt,
  updated_at: (i) => i.updatedAt,
}
const CONTROL = new Set([
  'limit',
  'marker',
  'sort',
  'sort_key',
  'sort_dir',
  'member_status',
  'visibility',
  'tag',
  'os_hidden',
])
const DEFAULT_LIMIT = 25
const MAX_LIMIT = 1000

/** One page of the images that the project sees, and the marker of the next one. */
export function listImages(
  images: Iterable<Image>,
  memberOf: MemberOf,
  who: Principal,
  query: URLSearchParams,
): { page: Image[]; next: string | null } {
  checkChoices(query)
  const wanted = [...images].filter((image) => listed(image, memberOf, who, query) && fits(image, who, query))
  wanted.sort(order(query))
  const marker = query.get('marker')
  const start = marker === null ? 0 : wanted.findIndex((image) => image.id === marker) + 1
  if (marker !== null && start === 0) throw badRequest(`No image found with ID ${marker}`)
  const limit = limitOf(query.get('limit'))
  const page = wanted.slice(start, start + limit)
  const last = page.at(-1)
  // Like Glance: a full page names a next one, even if that will be empty.
  return { page, next: last !== undefined && page.length === limit ? last.id : null }
}

function checkChoices(query: URLSearchParams): void {
  const status = query.get('member_status') ?? 'all'
  if (!['accepted', 'pending', 'rejected', 'all'].includes(status)) throw badRequest(`Invalid status: ${status}`)
  const visibility = query.get('visibility') ?? 'all'
  if (!['public', 'private', 'shared', 'community', 'all'].includes(visibility))
    throw badRequest(`Invalid visibility value: ${visibility}`)
}

function limitOf(text: string | null): number {
  if (text === null) return DEFAULT_LIMIT
  const limit = Number(text)
  if (!Number.isInteger(limit)) throw badRequest('limit param must be an integer')
  if (limit < 0) throw badRequest('limit param must be positive')
  return Math.min(limit, MAX_LIMIT)
}

/** A list shows less than one may look at: memberships only as accepted, community images only on request. */
function listed(image: Image, memberOf: MemberOf, who: Principal, query: URLSearchParams): boolean {
  const project = projectOf(who)
  const visibility = query.get('visibility')
  if ((query.get('os_hidden') === 'true') !== image.hidden) return false
  if (visibility !== null && visibility !== 'all' && image.visibility !== visibility) return false
  if (image.visibility === 'public') return true
  if (image.owner === project) return true
  if (image.visibility === 'community') return visibility === 'community' || visibility === 'all'
  if (image.visibility === 'shared') {
    const wanted = query.get('member_status') ?? 'accepted'
    const member = memberOf(image.id, project)
    if (member !== undefined) return wanted === 'all' || member.status === wanted
  }
  return isAdmin(who)
}

function fits(image: Image, who: Principal, query: URLSearchParams): boolean {
  const view: Record<string, string | number | boolean | string[] | null> = imageView(image, who)
  for (const tag of query.getAll('tag')) if (!image.tags.includes(tag)) return false
  for (const [key, text] of query) {
    if (CONTROL.has(key)) continue
    if (key === 'size_min' ? (image.size ?? 0) < Number(text) : key === 'size_max' && (image.size ?? 0) > Number(text))
      return false
    if (key === 'size_min' || key === 'size_max') continue
    if (key === 'created_at' || key === 'updated_at') {
      if (!compares(key === 'created_at' ? image.createdAt : image.updatedAt, text)) return false
    } else if (!oneOf(text).includes(String(view[key] ?? ''))) return false
  }
  return true
}

/** `in:a,"b,c"` lists values; anything else is one value. */
const oneOf = (text: string): string[] =>
  text.startsWith('in:') ? [...text.slice(3).matchAll(/"([^"]*)"|([^,]+)/g)].map((m) => m[1] ?? m[2] ?? '') : [text]

function compares(at: number, text: string): boolean {
  const [, operator = 'eq', instant = text] = /^(gte?|lte?|eq|neq):(.*)$/.exec(text) ?? []
  const then = Date.parse(instant)
  if (Number.isNaN(then)) throw badRequest(`Invalid time ${instant}`)
  const whole = Math.floor(at / 1000) * 1000
  if (operator === 'gt') return whole > then
  if (operator === 'gte') return whole >= then
  if (operator === 'lt') return whole < then
  if (operator === 'lte') return whole <= then
  return (whole === then) === (operator === 'eq')
}

function order(query: URLSearchParams): (a: Image, b: Image) => number {
  const keys = (query.get('sort') ?? sortFromPairs(query)).split(',').filter((part) => part !== '')
  const criteria = keys.map((part) => {
    const [name = '', direction = 'desc'] = part.trim().split(':')
    const read = SORT_KEYS[name]
    if (read === undefined)
      throw badRequest(
        `Invalid sort key: ${name}. It must be one of the following: ${Object.keys(SORT_KEYS).join(', ')}.`,
      )
    if (direction !== 'asc' && direction !== 'desc')
      throw badRequest(`Invalid sort direction: ${direction}. It must be one of the following: asc, desc.`)
    return { read, sign: direction === 'asc' ? 1 : -1 }
  })
  return (a, b) => {
    for (const { read, sign } of criteria) {
      const [x, y] = [read(a), read(b)]
      if (x !== y) return x < y ? -sign : sign
    }
    return b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1)
  }
}

function sortFromPairs(query: URLSearchParams): string {
  const directions = query.getAll('sort_dir')
  return query
    .getAll('sort_key')
    .map((key, n) => `${key}:${directions[n] ?? directions[0] ?? 'desc'}`)
    .join(',')
}
