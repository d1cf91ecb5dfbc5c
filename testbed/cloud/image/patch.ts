import type { Principal } from '../identity/types.ts'
import { badRequest, conflict, forbidden } from '../refusal.ts'
import { isFixed, setField } from './fields.ts'
import type { Image } from './types.ts'

export const PATCH_TYPES = [
  'application/openstack-images-v2.1-json-patch',
  'application/openstack-images-v2.0-json-patch',
]

/** Applies a JSON patch of one-step paths, all or nothing. */
export function patchImage(who: Principal, image: Image, operations: unknown): Image {
  if (!Array.isArray(operations)) throw badRequest('Request body must be a JSON array of operation objects.')
  return operations.reduce((current: Image, operation: unknown) => apply(who, current, operation), image)
}

function apply(who: Principal, image: Image, operation: unknown): Image {
  if (typeof operation !== 'object' || operation === null) throw badRequest('Operations must be JSON objects.')
  const { op, path, value } = operation as { op?: unknown; path?: unknown; value?: unknown }
  if (op !== 'add' && op !== 'remove' && op !== 'replace')
    throw badRequest(`Unable to find '${['add', 'remove', 'replace'].join("', '")}' in JSON Schema change`)
  if (typeof path !== 'string' || !/^\/[^/]+$/.test(path))
    throw badRequest(`Invalid JSON pointer for this resource: '${String(path)}'`)
  const name = path.slice(1).replaceAll('~1', '/').replaceAll('~0', '~')
  if (op !== 'remove' && value === undefined) throw badRequest(`Operation "${op}" requires a member named "value".`)
  if (op === 'remove') {
    if (isFixed(name)) throw forbidden(`Property ${name} may not be removed.`)
    if (!(name in image.properties))
      throw conflict(`There was a conflict when trying to complete your request. Property ${name} does not exist.`)
    const { [name]: _gone, ...properties } = image.properties
    return { ...image, properties }
  }
  if (op === 'replace' && !isFixed(name) && !(name in image.properties))
    throw conflict(`There was a conflict when trying to complete your request. Property ${name} does not exist.`)
  return setField(who, image, name, value)
}
