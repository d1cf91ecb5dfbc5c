import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { CloudAdmin } from '#testbed/cloud/admin/client.ts'
import { writeConfig } from '#testbed/cloud/seed.ts'
import { type Daemon, spawnDaemon } from '#testbed/instance/daemon.ts'
import { freePort } from '#testbed/instance/host-network.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import { type AddressPool, type CloudOfSite, secret, seedOfSite } from './cloud-of-site.ts'
import type { SettledCloud } from './options.ts'

/** A cloud simulator in a process of its own. */
export interface SiteCloud extends CloudOfSite {
  /** Behind everybody's back: faults, quotas, every server that there ever was. */
  readonly admin: CloudAdmin
  readonly logFile: string
  daemon(): Daemon
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  /** Starts it again on the same port and state, after {@link stop} or {@link kill}. */
  start(): Promise<void>
}

const MAIN = join(import.meta.dirname, '..', 'cloud', 'main.ts')

/** Ports of Keystone and of those after it, on an address of the instance's own. */
const FIRST_PORT = 5000

/** Starts one cloud after the other; each has a part of the instance's subnet for its servers. */
export async function startClouds(
  instance: Instance,
  wishes: readonly SettledCloud[],
  pools: readonly AddressPool[],
  astronomer: string,
): Promise<Record<string, SiteCloud>> {
  mkdirSync(join(instance.folder, 'clouds'), { recursive: true, mode: 0o700 })
  const clouds: Record<string, SiteCloud> = {}
  let port = FIRST_PORT
  for (const [n, wish] of wishes.entries()) {
    port = await freePort(instance.network.loopback, port)
    const pool = pools[n]
    if (pool === undefined) throw new Error(`the cloud ${wish.name} has no addresses for its servers`)
    clouds[wish.name] = await startOne(instance, wish, port, pool, astronomer)
    port += 1
  }
  return clouds
}

async function startOne(
  instance: Instance,
  wish: SettledCloud,
  port: number,
  pool: AddressPool,
  user: string,
): Promise<SiteCloud> {
  const { name, priority = 0, guests, caps, bootVolume, excludedFlavors, copyImages, rotation } = wish
  const { buildMs, withoutServiceType } = wish
  const listen = `${instance.network.loopback}:${port}`
  const authUrl = `http://${listen}/identity/v3`
  const hypervisorFolder = join(instance.folder, 'hypervisor', name)
  mkdirSync(hypervisorFolder, { recursive: true, mode: 0o700 })
  const batch = { id: randomBytes(16).toString('hex'), secret: secret() }
  const astronomer = { user, password: secret() }
  const adminToken = secret()
  const folder = join(instance.folder, 'clouds')
  const file = join(folder, `${name}.json`)
  writeConfig(file, {
    name,
    listen,
    stateFile: join(folder, `${name}.state`),
    hypervisorFolder,
    adminToken,
    ...(buildMs !== undefined && { timings: { buildMs } }),
    ...(withoutServiceType !== undefined && { withoutServiceType }),
    seed: seedOfSite(instance, wish, pool, { batch, astronomer }),
  })
  const logFile = join(folder, `${name}.log`)
  const begin = (): Promise<Daemon> =>
    spawnDaemon(instance, {
      name: `cloud ${name}`,
      argv: [process.execPath, MAIN, '--config', file],
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
      logFile,
      ready: () =>
        fetch(authUrl).then(
          (answer) => answer.ok,
          () => false,
        ),
    })
  let daemon = await begin()
  return {
    name,
    priority,
    guests,
    caps,
    bootVolume,
    excludedFlavors,
    copyImages,
    rotation,
    authUrl,
    region: 'RegionOne',
    admin: new CloudAdmin(`http://${listen}/admin`, adminToken),
    hypervisorFolder,
    logFile,
    batch,
    astronomer,
    daemon: () => daemon,
    daemons: () => [daemon],
    stop: () => daemon.stop(),
    kill: () => daemon.kill(),
    start: async () => {
      daemon = await begin()
    },
  }
}
