import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import type { CloudConfig, ConfigSource, Interface } from './cloud-config.ts'
import { CloudConfigError } from './config-error.ts'
import { credentialOf } from './credential.ts'
import { EntryReader } from './entry-reader.ts'
import { isTree, mergeTrees, type Tree } from '../tree.ts'

/** Keys that old files carry beside `auth` instead of in it; openstacksdk accepts both. */
const AUTH_KEYS = [
  'auth_url',
  'username',
  'user_id',
  'password',
  'user_domain_id',
  'user_domain_name',
  'project_id',
  'project_name',
  'tenant_id',
  'tenant_name',
  'project_domain_id',
  'project_domain_name',
  'domain_id',
  'domain_name',
  'system_scope',
  'token',
  'application_credential_id',
  'application_credential_name',
  'application_credential_secret',
]

export interface EntryPlace {
  source: ConfigSource
  /** What to call the place in an error: a path, or `environment`. */
  path: string | undefined
  /** Folder that relative file names in the entry start from. */
  base: string
  /** How to call a key in an error; openrc has variables instead. */
  nameOf?: (key: string) => string
}

/**
 * The meaning of one clouds.yaml entry.
 *
 * @throws CloudConfigError naming path, cloud and key
 */
export function cloudConfigFromEntry(
  name: string,
  entry: Tree,
  place: EntryPlace = { source: { kind: 'inline' }, path: undefined, base: '/' },
): CloudConfig {
  const outside = Object.fromEntries(
    AUTH_KEYS.filter((key) => entry[key] !== undefined).map((key) => [key, entry[key]]),
  )
  const auth = entry['auth'] ?? {}
  if (!isTree(auth))
    throw new CloudConfigError('KeyInvalid', 'must be a mapping', { path: place.path, cloud: name, key: 'auth' })
  const read = new EntryReader({ ...entry, auth: mergeTrees(outside, auth) }, name, place.path, place.nameOf)
  const file = (key: string): string | undefined => {
    const value = read.text(key)
    if (value === undefined) return undefined
    const path = value.startsWith('~/') ? join(homedir(), value.slice(2)) : value
    return isAbsolute(path) ? path : resolve(place.base, path)
  }
  return {
    name,
    source: place.source,
    authUrl: read.url('auth.auth_url') ?? read.missing('auth.auth_url'),
    credential: credentialOf(read),
    region: read.text('region_name'),
    interface: interfaceOf(read),
    endpointOverrides: endpointOverrides(read),
    microversions: suffixed(read, '_default_microversion'),
    tls: {
      verify: read.flag('verify') ?? !(read.flag('insecure') ?? false),
      caFile: file('cacert'),
      certFile: file('cert'),
      keyFile: file('key'),
    },
  }
}

function interfaceOf(read: EntryReader): Interface {
  const key = read.text('interface') === undefined ? 'endpoint_type' : 'interface'
  const value = (read.text(key) ?? 'public').replace(/URL$/, '')
  if (value !== 'public' && value !== 'internal' && value !== 'admin') {
    return read.invalid(key, `must be public, internal or admin, not ${value}`)
  }
  return value
}

function endpointOverrides(read: EntryReader): Record<string, string> {
  const overrides: Record<string, string> = {}
  for (const service of Object.keys(suffixed(read, '_endpoint_override'))) {
    const url = read.url(`${service.replaceAll('-', '_')}_endpoint_override`)
    if (url !== undefined) overrides[service] = url
  }
  return overrides
}

function suffixed(read: EntryReader, suffix: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const key of read.keys()) {
    const value = key.endsWith(suffix) ? read.text(key) : undefined
    if (value !== undefined) found[key.slice(0, -suffix.length).replaceAll('_', '-')] = value
  }
  return found
}
