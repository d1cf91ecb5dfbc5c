import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import type { CloudConfig, ConfigSource, Interface } from './cloud-config.ts'
import { CloudConfigError } from './config-error.ts'
import { isMicroversionWish } from '../discovery/microversion.ts'
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
  'default_domain',
  'default_domain_id',
  'default_domain_name',
  'system_scope',
  'trust_id',
  'token',
  'auth_token',
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
  const top = underscored(entry)
  const outside = Object.fromEntries(AUTH_KEYS.filter((key) => top[key] !== undefined).map((key) => [key, top[key]]))
  const auth = top['auth'] ?? {}
  if (!isTree(auth))
    throw new CloudConfigError('KeyInvalid', 'must be a mapping', { path: place.path, cloud: name, key: 'auth' })
  const read = new EntryReader({ ...top, auth: mergeTrees(outside, underscored(auth)) }, name, place.path, place.nameOf)
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
    microversions: microversions(read),
    tls: {
      // As in openstacksdk the careless one of the two wins.
      verify: (read.flag('verify') ?? true) && !(read.flag('insecure') ?? false),
      caFile: file('cacert'),
      certFile: file('cert'),
      keyFile: file('key'),
    },
  }
}

function interfaceOf(read: EntryReader): CloudConfig['interface'] {
  const key = read.texts('interface') === undefined ? 'endpoint_type' : 'interface'
  const [first = 'public', ...others] = (read.texts(key) ?? []).map((value) => asInterface(read, key, value))
  return others.length === 0 ? first : [first, ...others]
}

function asInterface(read: EntryReader, key: string, named: string): Interface {
  const value = named.replace(/URL$/, '')
  if (value === 'public' || value === 'internal' || value === 'admin') return value
  return read.invalid(key, `must be public, internal or admin, not ${value}`)
}

function endpointOverrides(read: EntryReader): Record<string, string> {
  return suffixed(read, '_endpoint_override', (key) => read.url(key))
}

function microversions(read: EntryReader): Record<string, string> {
  return suffixed(read, '_default_microversion', (key) => {
    const value = read.text(key)
    if (value === undefined || isMicroversionWish(value)) return value
    return read.invalid(key, `must be a microversion like 2.79, or latest, not ${value}`)
  })
}

/** Service type to the value of `<type>_<suffix>`. */
function suffixed(
  read: EntryReader,
  suffix: string,
  valueOf: (key: string) => string | undefined,
): Record<string, string> {
  const found: Record<string, string> = {}
  for (const key of read.keys()) {
    const value = key.endsWith(suffix) ? valueOf(key) : undefined
    if (value !== undefined) found[key.slice(0, -suffix.length).replaceAll('_', '-')] = value
  }
  return found
}

/** `project-id` is another spelling of `project_id`, in any key. */
function underscored(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key.replaceAll('-', '_'), value]))
}
