import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Progress } from '#testbed/cache/cache.ts'
import type { Daemon } from '#testbed/instance/daemon.ts'
import { personalCache } from '#testbed/instance/folders.ts'
import { freePort } from '#testbed/instance/host-network.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import { Api } from './api.ts'
import { ensureOpenStackImage } from './image/build.ts'
import { identityUrl, layOut } from './layout.ts'
import { hypervisorFolder, type RegionFront, startFront } from './front/start.ts'
import type { Root } from './root.ts'
import { type Part, Services } from './services.ts'
import { moveCatalog } from './state/catalog.ts'
import { writeConfiguration } from './state/configuration.ts'
import { copyPlugins, ensureFreshState } from './state/fresh.ts'
import { type Passwords, readPasswords } from './state/passwords.ts'
import { novaNow, novaUp } from './state/ready.ts'

export interface OpenStackOptions {
  /** Default: one. All regions have one Keystone. */
  regions?: 1 | 2
  /** Default: `personalCache()`. */
  cache?: string
  progress?: Progress
}

export interface RunningRegion extends RegionFront {
  readonly name: string
  /** Where the runner of guests learns what should be running, and tells of guests that ended. */
  readonly hypervisorFolder: string
}

/** Real Keystone, Placement, Glance, Nova and Neutron; Nova's hypervisor is a folder. */
export interface RunningOpenStack {
  /** In the order of their names; the first one is `RegionOne`. */
  readonly regions: readonly [RunningRegion, ...RunningRegion[]]
  /** A login as administrator, past the fronts. */
  admin(): Promise<Api>
  /** One of the services: see {@link Services.part}. */
  part(name: string): Part
  /** All that has to run. */
  daemons(): Daemon[]
  /** SIGKILL of all services at once; the fronts stay. */
  kill(): Promise<void>
  /** Starts the services again on the same state and ports, after {@link kill}. */
  start(): Promise<void>
}

/**
 * Starts OpenStack on an address of the instance's own, from a copy of the saved fresh state. What the cache lacks is
 * installed and set up first.
 * @throws {@link Problem} that says what could not be had, or which service failed, with the end of its log
 */
export async function startOpenStack(instance: Instance, options: OpenStackOptions = {}): Promise<RunningOpenStack> {
  const { regions = 1, cache = personalCache(), progress = () => {} } = options
  const image = await ensureOpenStackImage({ cache, progress })
  const layout = await layOut(instance.network.loopback, regions, freePort)
  const folder = join(instance.folder, 'openstack')
  mkdirSync(folder, { mode: 0o700 })
  const fresh = await ensureFreshState(instance, { cache, progress, image, layout, logFolder: join(folder, 'set-up') })
  const root: Root = { image, state: join(folder, 'state') }
  await execa('cp', ['-a', '--reflink=auto', fresh, root.state])
  const passwords = readPasswords(root.state)
  writeConfiguration(root, layout, passwords)
  copyPlugins(root)
  const services = new Services(instance, root, join(folder, 'logs'))
  const authUrl = identityUrl(layout)
  const admin = (): Promise<Api> => login(authUrl, passwords)
  const start = async (): Promise<void> => {
    const since = novaNow()
    await services.database()
    await services.sql(moveCatalog(layout, authUrl))
    await Promise.all([services.keystone(layout), services.regions(layout)])
    await novaUp(await admin(), layout, since)
  }
  await start()
  const begun = layout.regions.map(async (region): Promise<RunningRegion> => {
    const front = await startFront(instance, { root, layout, region, folder })
    return { ...front, name: region.name, hypervisorFolder: hypervisorFolder(root, region.name) }
  })
  const [first, ...further] = await Promise.all(begun)
  if (first === undefined) throw new Error('an OpenStack has a region')
  return {
    regions: [first, ...further],
    admin,
    part: (name) => services.part(name),
    daemons: () => [...services.daemons(), ...[first, ...further].map((region) => region.daemon())],
    kill: () => services.kill(),
    start,
  }
}

const login = (authUrl: string, { admin }: Passwords): Promise<Api> =>
  Api.login(authUrl, { user: 'admin', password: admin, project: 'admin' })
