import { isTree } from '../tree.ts'

export interface ApiVersion {
  /** `v2.1` */
  id: string
  status: string
  /** Newest and oldest microversion; undefined where there are none. */
  max: string | undefined
  min: string | undefined
}

/**
 * The versions that a version document lists. There are four shapes: `{versions: {values: []}}` (Keystone's root),
 * `{versions: []}` (the other roots), `{version: {}}` (one version's own document) and that one's content bare.
 */
export function parseVersions(document: unknown): ApiVersion[] {
  if (!isTree(document)) return []
  const { versions, version } = document
  const listed = isTree(versions) ? versions['values'] : versions
  const found: unknown[] = Array.isArray(listed) ? listed : [isTree(version) ? version : document]
  return found.flatMap((one) => {
    if (!isTree(one) || typeof one['id'] !== 'string') return []
    const max = text(one['version']) ?? text(one['max_version'])
    return [{ id: one['id'], status: text(one['status']) ?? '', max, min: text(one['min_version']) }]
  })
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
