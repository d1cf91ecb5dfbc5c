import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { FAST, type Settings } from '#testbed/condor/configuration.ts'
import type { Pool } from '#testbed/condor/pool.ts'
import { userInfo } from 'node:os'
import { isRoot } from '#testbed/instance/folders.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import type { TemporalServer } from '#testbed/temporal/server.ts'
import type { SiteCloud } from './site-cloud.ts'
import type { SiteOptions } from './options.ts'

export interface SiteFiles {
  /** The product's configuration; every account may read it. */
  configFile: string
  /** The batch project's credentials; the worker process alone may read them. */
  cloudsFile: string
}

/** The name of the HTCondor pool in the product's configuration. */
export const POOL = 'canfar'

export function writeSiteFiles(
  instance: Instance,
  pool: Pool,
  temporal: TemporalServer,
  clouds: readonly SiteCloud[],
  options: SiteOptions,
): SiteFiles {
  const folder = join(instance.folder, 'site')
  const stateFolder = options.stateFolder ?? join(folder, 'state')
  for (const path of [folder, stateFolder]) mkdirSync(path, { recursive: true })
  const cloudsFile = join(folder, 'clouds.yaml')
  writeFileSync(cloudsFile, stringify({ clouds: Object.fromEntries(clouds.map(batchEntry)) }), { mode: 0o600 })
  const { keepalive, deadlines, policy, cleanup, replication } = options
  const config = {
    pool: POOL,
    controlPlane: `site-${instance.id}`,
    temporal: { address: temporal.address, namespace: 'default', ui: temporal.uiUrl },
    condor: {
      configFile: pool.configFile,
      binDir: pool.binDir,
      sbinDir: pool.sbinDir,
      collector: pool.collector,
      trustDomain: pool.trustDomain,
      revocationsFile: pool.revocationsFile,
      uidDomain: pool.trustDomain,
      poll: options.condorPoll ?? '1s',
      // who is missing is absent once a collector has run this long
      ...(pool.fast && { updateInterval: `${FAST['UPDATE_INTERVAL']}s` }),
      workerSettings: asText({ ...(pool.fast ? FAST : {}), ...options.workerSettings }),
    },
    cloudsFile,
    ownersFile: join(folder, 'owners.yaml'),
    clouds: clouds.map(({ name, priority, authUrl, caps, bootVolume, excludedFlavors, copyImages, rotation }) => ({
      name,
      priority,
      authUrl,
      network: 'private',
      ...(caps !== undefined && { caps }),
      ...(bootVolume !== undefined && { bootVolume }),
      ...(excludedFlavors !== undefined && { excludedFlavors }),
      ...(copyImages !== undefined && { copyImages }),
      ...(rotation !== undefined && { rotation }),
    })),
    cloudPoll: options.cloudPoll ?? '1s',
    ...(keepalive !== undefined && { keepalive: { default: keepalive } }),
    ...(deadlines !== undefined && { deadlines }),
    ...(policy !== undefined && { policy }),
    ...(cleanup !== undefined && { cleanup }),
    ...(replication !== undefined && { replication }),
    stateFolder,
    ...(!isRoot() && { operators: [userInfo().username] }),
    log: { level: options.logLevel ?? 'info' },
  }
  const configFile = join(folder, 'config.yaml')
  writeFileSync(configFile, stringify(config), { mode: 0o644 })
  return { configFile, cloudsFile }
}

const batchEntry = ({ name, authUrl, region, batch }: SiteCloud): [string, unknown] => [
  name,
  {
    auth_type: 'v3applicationcredential',
    auth: { auth_url: authUrl, application_credential_id: batch.id, application_credential_secret: batch.secret },
    region_name: region,
  },
]

/** As the configuration file has them: texts. */
const asText = (settings: Settings): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      value === true ? 'True' : value === false ? 'False' : `${value}`,
    ]),
  )
