import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cached, type Progress, withPulse } from '#testbed/cache/cache.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import { Api } from '../api.ts'
import { identityUrl, type Layout } from '../layout.ts'
import { HOME, type Root, runInRoot } from '../root.ts'
import { Services } from '../services.ts'
import { makeCatalog } from './catalog.ts'
import { configFile, writeConfiguration } from './configuration.ts'
import { database, databasesOf, regionDatabase } from './databases.ts'
import { stateDigest } from './digest.ts'
import { makePasswords } from './passwords.ts'
import { novaNow, novaUp } from './ready.ts'

export interface FreshOptions {
  cache: string
  progress: Progress
  image: string
  layout: Layout
  logFolder: string
}

const PLUGINS = join(import.meta.dirname, '..', 'plugins')

export const copyPlugins = ({ state }: Root): void =>
  cpSync(PLUGINS, join(state, 'plugins'), { recursive: true, force: true })

/**
 * The state folder of an installation that was set up and never used, from the cache or made now: databases, keys, the
 * catalog. To be copied. What runs meanwhile is in the instance's ledger.
 */
export function ensureFreshState(instance: Instance, options: FreshOptions): Promise<string> {
  const { cache, progress, image, layout } = options
  const regions = layout.regions.length
  return cached(
    `openstack/state-${stateDigest()}-${regions}`,
    ({ folder: state }) => {
      const work = prepare(instance, { image, state }, options)
      return withPulse('setting up OpenStack', progress, work)
    },
    {
      cache,
      progress,
      announce: `setting up OpenStack with ${regions === 1 ? 'one region' : `${regions} regions`}: about a minute, once`,
      needBytes: 500e6 * regions,
    },
  )
}

async function prepare(instance: Instance, root: Root, { layout, logFolder }: FreshOptions): Promise<void> {
  const passwords = makePasswords(root.state)
  writeConfiguration(root, layout, passwords)
  copyPlugins(root)
  await runInRoot(root, [
    'mariadb-install-db',
    '--no-defaults',
    '--user=root',
    `--datadir=${HOME}/db`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ])
  const services = new Services(instance, root, logFolder)
  try {
    const since = novaNow()
    await services.database()
    await fillDatabases(root, services, layout, passwords.admin)
    // Nova's parts end at once where their user does not exist
    await services.keystone(layout)
    const login = { user: 'admin', password: passwords.admin, project: 'admin' }
    await makeCatalog(await Api.login(identityUrl(layout), login), layout, passwords)
    await services.regions(layout)
    await Promise.all(layout.regions.map(({ name }) => discoverHost(root, name)))
    await novaUp(await Api.login(identityUrl(layout), login), layout, since)
  } finally {
    await services.stop()
  }
}

async function fillDatabases(root: Root, services: Services, layout: Layout, admin: string): Promise<void> {
  const names = layout.regions.map(({ name }) => name)
  await services.sql(
    databasesOf(names)
      .map((name) => `create database ${name};`)
      .join('\n'),
  )
  // Chains side by side; each is a Python that mostly loads modules.
  await Promise.all([
    keystoneSteps(root, layout, admin),
    ...names.flatMap((name) => [novaSteps(root, name), otherSteps(root, name)]),
  ])
}

async function keystoneSteps(root: Root, layout: Layout, admin: string): Promise<void> {
  mkdirSync(join(root.state, 'keys'), { recursive: true, mode: 0o700 })
  const manage = (args: string[], env = {}): Promise<string> =>
    runInRoot(root, ['keystone-manage', '--config-file', configFile('keystone'), ...args], { env })
  const asRoot = ['--keystone-user', 'root', '--keystone-group', 'root']
  await manage(['fernet_setup', ...asRoot])
  await manage(['credential_setup', ...asRoot])
  await manage(['db_sync'])
  const url = identityUrl(layout)
  await manage(['bootstrap'], {
    OS_BOOTSTRAP_PASSWORD: admin,
    OS_BOOTSTRAP_REGION_ID: layout.regions[0]?.name ?? '',
    OS_BOOTSTRAP_PUBLIC_URL: url,
    OS_BOOTSTRAP_INTERNAL_URL: url,
    OS_BOOTSTRAP_ADMIN_URL: url,
  })
}

async function novaSteps(root: Root, region: string): Promise<void> {
  const manage = (...args: string[]): Promise<string> =>
    runInRoot(root, ['nova-manage', '--config-file', configFile(`nova-${region}`), ...args])
  await manage('api_db', 'sync')
  const cell0 = database(regionDatabase('nova_cell0', region))
  await manage('cell_v2', 'map_cell0', '--database_connection', cell0)
  await manage('cell_v2', 'create_cell', '--name', 'cell1')
  await manage('db', 'sync')
}

async function otherSteps(root: Root, region: string): Promise<void> {
  const placement = `${HOME}/etc/placement-${region}/placement.conf`
  await runInRoot(root, ['placement-manage', '--config-file', placement, 'db', 'sync'])
  await runInRoot(root, ['glance-manage', '--config-file', configFile(`glance-${region}`), 'db_sync'])
  await runInRoot(root, ['neutron-db-manage', '--config-file', configFile(`neutron-${region}`), 'upgrade', 'heads'])
}

/** nova-compute tells of itself once Placement answers; then its host can be mapped into the cell. */
async function discoverHost(root: Root, region: string): Promise<void> {
  const command = [
    'nova-manage',
    '--config-file',
    configFile(`nova-${region}`),
    'cell_v2',
    'discover_hosts',
    '--verbose',
  ]
  for (const deadline = Date.now() + 120_000; ;) {
    const said = await runInRoot(root, command)
    if (said.includes('Creating host mapping')) return
    if (Date.now() > deadline) throw new Error(`Nova of ${region} did not tell of its host: ${said}`)
    await sleep(200)
  }
}
