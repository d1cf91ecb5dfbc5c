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
 *
 * Their links are left alone: they may be relative, and behind a proxy their host, scheme and prefix are often wrong.
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

/** That version, whatever a service calls it (Cinder's third is `v3.0`); an only one is meant in any case. */
export function versionNamed(versions: readonly ApiVersion[], wanted: string | undefined): ApiVersion | undefined {
  const named = versions.find(({ id }) => id === wanted) ?? versions.find(({ id }) => id === `${wanted}.0`)
  return named ?? (versions.length === 1 ? versions[0] : undefined)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
