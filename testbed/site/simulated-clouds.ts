import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { CloudAdmin } from '#testbed/cloud/admin/client.ts'
import { writeConfig } from '#testbed/cloud/seed.ts'
import { type Daemon, spawnDaemon } from '#testbed/instance/daemon.ts'
import { freePort } from '#testbed/instance/host-network.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import { type AddressPool, secret, seedOfSite, type SiteCloud } from './site-cloud.ts'
import type { SettledCloud } from './options.ts'

const MAIN = join(import.meta.dirname, '..', 'cloud', 'main.ts')

/** Ports of Keystone and of those after it, on an address of the instance's own. */
const FIRST_PORT = 5000

/** Starts one simulator after the other, each in a process of its own; each has a part of the instance's subnet for its servers. */
export async function startSimulatedClouds(
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
    daemons: () => [daemon],
    stop: () => daemon.stop(),
    kill: () => daemon.kill(),
    start: async () => {
      daemon = await begin()
    },
  }
}
