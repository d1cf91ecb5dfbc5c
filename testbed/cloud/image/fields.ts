import { isAdmin } from '../identity/roles.ts'
import type { Principal } from '../identity/types.ts'
import { badRequest, forbidden } from '../refusal.ts'
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

const text = (name: string, value: unknown): string => {
  if (typeof value !== 'string' || value.length > 255)
    throw badRequest(
      `Provided object does not match schema 'image': ${JSON.stringify(value)} is not of type 'string': ${name}`,
    )
  return value
}
const whole = (name: string, value: unknown): number => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw badRequest(`Invalid value for option ${name}: expected a whole number that is not negative`)
  return value
}
const flag = (name: string, value: unknown): boolean => {
  if (typeof value !== 'boolean')
    throw badRequest(
      `Provided object does not match schema 'image': ${JSON.stringify(value)} is not of type 'boolean': ${name}`,
    )
  return value
}
const among = (name: string, value: unknown, allowed: string[]): string => {
  const given = text(name, value)
  if (!allowed.includes(given))
    throw badRequest(`Invalid value '${given}' for parameter '${name}': allowed values: ${allowed.join(', ')}`)
  return given
}

/** The image with one attribute set, the same at creation and in a patch. @throws Refusal 400 or 403. */
export function setField(who: Principal, image: Image, name: string, value: unknown): Image {
  if (READ_ONLY.has(name)) throw forbidden(`Attribute '${name}' is read-only.`)
  switch (name) {
    case 'name':
      return { ...image, name: value === null ? null : text(name, value) }
    case 'visibility': {
      const visibility = among(name, value, ['public', 'private', 'shared', 'community']) as Image['visibility']
      if (visibility === 'public' && !isAdmin(who))
        throw forbidden('You are not authorized to complete publicize_image action.')
      return { ...image, visibility }
    }
    case 'owner':
      if (!isAdmin(who) && value !== image.owner)
        throw forbidden('You are not permitted to modify owner of this image.')
      return { ...image, owner: text(name, value) }
    case 'protected':
      return { ...image, protected: flag(name, value) }
    case 'os_hidden':
      return { ...image, hidden: flag(name, value) }
    case 'min_disk':
      return { ...image, minDisk: whole(name, value) }
    case 'min_ram':
      return { ...image, minRam: whole(name, value) }
    case 'disk_format':
    case 'container_format': {
      if (image.status !== 'queued') throw forbidden(`Attribute ${name} can be only replaced for a queued image.`)
      if (name === 'disk_format')
        return { ...image, diskFormat: value === null ? null : among(name, value, DISK_FORMATS) }
      return { ...image, containerFormat: value === null ? null : among(name, value, CONTAINER_FORMATS) }
    }
    case 'tags':
      if (!Array.isArray(value)) throw badRequest("Provided object does not match schema 'image': tags")
      return { ...image, tags: [...new Set(value.map((tag) => text('tags', tag)))] }
    default:
      return { ...image, properties: { ...image.properties, [name]: text(name, value) } }
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
