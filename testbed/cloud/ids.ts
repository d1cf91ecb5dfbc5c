import { createHash, randomBytes, randomUUID } from 'node:crypto'

/** Nova's, Glance's and Neutron's form: with dashes. */
export const uuid = (): string => randomUUID()

/** Keystone's form: 32 hex digits. */
export const hexId = (): string => randomUUID().replaceAll('-', '')

export const secret = (): string => randomBytes(48).toString('base64url')

/** The same name gives the same id on every first start, so that tests and configurations can be written ahead. */
export const seededHex = (...names: string[]): string =>
  createHash('sha256').update(names.join('\0')).digest('hex').slice(0, 32)

export const seededUuid = (...names: string[]): string => {
  const h = seededHex(...names)
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20)}`
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
export const isUuid = (text: string): boolean => UUID.test(text)
