import { dirname } from 'node:path'
import type { CloudConfig } from './cloud-config.ts'
import { readClouds, withProfile, withRegion } from './clouds.ts'
import { CloudConfigError } from './config-error.ts'
import { cloudConfigFromEntry } from './entry.ts'
import { entryFromOpenrc, hasOpenrc, OPENRC_MARK, variableOf } from './openrc.ts'
import { absence, findConfigFiles, type ConfigFiles, type Environment, type FoundFiles } from './search.ts'
import { isTree, type Tree } from '../tree.ts'

export interface LoadOptions {
  /** Entry to take; without it `OS_CLOUD`, then openrc variables, then the only entry of clouds.yaml. */
  cloud?: string | undefined
  /** Region to take of an entry that has several. */
  region?: string | undefined
  env: Environment
  /** Where the search begins and relative names start. */
  cwd: string
  /** Files to take instead of searching. */
  files?: ConfigFiles | undefined
}

/**
 * Finds one cloud's configuration. A cloud that is named comes from the files alone: openrc variables that happen to
 * be set do not mix into it.
 *
 * @throws CloudConfigError whose message names path, cloud and key, or every place that was looked at
 */
export function loadCloudConfig(options: LoadOptions): CloudConfig {
  const { env, cwd } = options
  const named = options.cloud ?? (env['OS_CLOUD'] || undefined)
  if (named === undefined && options.files?.clouds === undefined && hasOpenrc(env)) {
    const place = { source: { kind: 'environment' } as const, path: 'environment', base: cwd, nameOf: variableOf }
    return cloudConfigFromEntry('envvars', entryFromOpenrc(env), place)
  }
  const found = findConfigFiles(options.files ?? {}, env, cwd)
  const entries = readClouds(found)
  const [name, entry] = choose(named, entries, found, env)
  const complete = withRegion(name, withProfile(name, entry, found), options.region, found.clouds)
  return cloudConfigFromEntry(name, complete, {
    source: {
      kind: 'file',
      cloud: name,
      region: options.region,
      clouds: found.clouds ?? found.secure ?? '',
      secure: found.secure,
      public: found.public,
    },
    path: found.clouds,
    base: found.clouds === undefined ? cwd : dirname(found.clouds),
  })
}

/** One line for each cloud that {@link loadCloudConfig} could load; never fails because one of them is incomplete. */
export interface ListedCloud {
  name: string
  path: string
  authUrl: string | undefined
  region: string | undefined
}

export function listClouds(options: Omit<LoadOptions, 'cloud' | 'region'>): ListedCloud[] {
  const found = findConfigFiles(options.files ?? {}, options.env, options.cwd)
  const listed = [...readClouds(found)].map(([name, entry]) =>
    listedCloud(name, entry, found.clouds ?? found.secure ?? ''),
  )
  return hasOpenrc(options.env)
    ? [...listed, listedCloud('envvars', entryFromOpenrc(options.env), 'environment')]
    : listed
}

function listedCloud(name: string, entry: Tree, path: string): ListedCloud {
  const auth = entry['auth']
  const authUrl = isTree(auth) && auth['auth_url'] !== undefined ? auth['auth_url'] : entry['auth_url']
  const region = entry['region_name']
  return {
    name,
    path,
    authUrl: typeof authUrl === 'string' ? authUrl : undefined,
    region: typeof region === 'string' ? region : undefined,
  }
}

function choose(
  named: string | undefined,
  entries: Map<string, Tree>,
  found: FoundFiles,
  env: Environment,
): [string, Tree] {
  const names = [...entries.keys()]
  const only = names.length === 1 ? names[0] : undefined
  const name = named ?? only
  const entry = name === undefined ? undefined : entries.get(name)
  if (name !== undefined && entry !== undefined) return [name, entry]
  if (names.length === 0) throw noCredentials(named, found, env)
  if (name === undefined) {
    throw new CloudConfigError('CloudAmbiguous', `name one of its clouds (option or OS_CLOUD): ${names.join(', ')}`, {
      path: found.clouds,
    })
  }
  throw new CloudConfigError('CloudUnknown', `no such cloud (it has: ${names.join(', ')})`, {
    path: found.clouds,
    cloud: name,
  })
}

function noCredentials(cloud: string | undefined, found: FoundFiles, env: Environment): CloudConfigError {
  const variable = (name: string): string => `variable ${name}: ${env[name] ? env[name] : 'not set'}`
  const file = (path: string): string => `${path}: ${path === found.clouds ? 'has no clouds' : absence(path)}`
  return new CloudConfigError('NoCredentials', 'no OpenStack credentials; looked at:', {
    cloud,
    searched: [
      variable('OS_CLOUD'),
      variable(OPENRC_MARK),
      variable('OS_CLIENT_CONFIG_FILE'),
      ...found.searched.map(file),
    ],
  })
}
