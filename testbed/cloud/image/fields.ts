import { isAdmin } from '../identity/roles.ts'
import type { Principal } from '../identity/types.ts'
import { pythonText } from '../python-text.ts'
import { badRequest, forbidden, type Refusal } from '../refusal.ts'
import type { Image } from './types.ts'

const READ_ONLY = new Set([
  'id',
  'status',
  'size',
  'virtual_size',
  'checksum',
  'os_hash_algo',
  'os_hash_value',
  'created_at',
  'updated_at',
  'self',
  'file',
  'schema',
  'direct_url',
])
const DISK_FORMATS = ['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'ploop', 'iso']
const CONTAINER_FORMATS = ['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed']

/** @throws Refusal 400 in the words of Glance's schema check; the part of the schema follows there. */
export const mismatch = (value: unknown, why: string): Refusal =>
  badRequest(`Provided object does not match schema 'image': ${pythonText(value)} ${why} Failed validating`)

const text = (value: unknown): string => {
  if (typeof value !== 'string') throw mismatch(value, "is not of type 'string'")
  if (value.length > 255) throw mismatch(value, 'is too long')
  return value
}
const whole = (name: string, value: unknown): number => {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw mismatch(value, "is not of type 'integer'")
  if (value < 0) throw badRequest(`Invalid value '${value}' for parameter '${name}': Cannot be a negative value`)
  return value
}
const flag = (value: unknown): boolean => {
  if (typeof value !== 'boolean') throw mismatch(value, "is not of type 'boolean'")
  return value
}
const among = (value: unknown, allowed: readonly (string | null)[]): string => {
  if (typeof value !== 'string' || !allowed.includes(value))
    throw mismatch(value, `is not one of ${pythonText(allowed)}`)
  return value
}

/** The image with one attribute set, the same at creation and in a patch. @throws Refusal 400 or 403. */
export function setField(who: Principal, image: Image, name: string, value: unknown): Image {
  if (READ_ONLY.has(name)) throw forbidden(`Attribute '${name}' is read-only.`)
  switch (name) {
    case 'name':
      return { ...image, name: value === null ? null : text(value) }
    case 'visibility': {
      const visibility = among(value, ['community', 'public', 'private', 'shared']) as Image['visibility']
      if (visibility === 'public' && !isAdmin(who))
        throw forbidden('You are not authorized to complete publicize_image action.')
      return { ...image, visibility }
    }
    case 'owner':
      if (!isAdmin(who) && value !== image.owner)
        throw forbidden(
          `Access was denied to this resource. You are not permitted to create images owned by '${String(value)}'`,
        )
      return { ...image, owner: text(value) }
    case 'protected':
      return { ...image, protected: flag(value) }
    case 'os_hidden':
      return { ...image, hidden: flag(value) }
    case 'min_disk':
      return { ...image, minDisk: whole(name, value) }
    case 'min_ram':
      return { ...image, minRam: whole(name, value) }
    case 'disk_format':
    case 'container_format': {
      if (image.status !== 'queued') throw forbidden(`Attribute ${name} can be only replaced for a queued image.`)
      if (name === 'disk_format')
        return { ...image, diskFormat: value === null ? null : among(value, [null, ...DISK_FORMATS]) }
      return { ...image, containerFormat: value === null ? null : among(value, [null, ...CONTAINER_FORMATS]) }
    }
    case 'tags':
      if (!Array.isArray(value)) throw badRequest("Provided object does not match schema 'image': tags")
      return { ...image, tags: [...new Set(value.map((tag) => text(tag)))] }
    default:
      return { ...image, properties: { ...image.properties, [name]: text(value) } }
  }
}

/** What has no name of its own in Glance's schema may be added and removed. */
export const isFixed = (name: string): boolean =>
  READ_ONLY.has(name) ||
  [
    'name',
    'visibility',
    'owner',
    'protected',
    'os_hidden',
    'min_disk',
    'min_ram',
    'disk_format',
    'container_format',
    'tags',
  ].includes(name)
