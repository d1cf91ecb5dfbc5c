import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { CloudAdmin } from '#testbed/cloud/admin/client.ts'
import { siteSeed, writeConfig } from '#testbed/cloud/seed.ts'
import { type Daemon, spawnDaemon } from '#testbed/instance/daemon.ts'
import { freePort } from '#testbed/instance/host-network.ts'
import { addressIn, type Instance } from '#testbed/instance/instance.ts'
import type { CloudWish, Guests, SettledCloud } from './options.ts'
import { ASTRONOMER_PROJECT, BATCH_PROJECT, IMAGE } from './words.ts'

/** A cloud simulator in a process of its own. */
export interface SiteCloud {
  readonly name: string
  readonly priority: number
  /** What its servers become. */
  readonly guests: Guests
  readonly caps: CloudWish['caps']
  readonly bootVolume: CloudWish['bootVolume']
  readonly authUrl: string
  /** Behind everybody's back: faults, quotas, every server that there ever was. */
  readonly admin: CloudAdmin
  /** Where the runner of guests learns what should be running. */
  readonly hypervisorFolder: string
  readonly logFile: string
  readonly batch: { id: string; secret: string }
  readonly astronomer: { user: string; password: string }
  daemon(): Daemon
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  /** Starts it again on the same port and state, after {@link stop} or {@link kill}. */
  start(): Promise<void>
}

const MAIN = join(import.meta.dirname, '..', 'cloud', 'main.ts')

const secret = (): string => randomBytes(18).toString('base64url')

/** Ports of Keystone and of those after it, on an address of the instance's own. */
const FIRST_PORT = 5000

/** Addresses of an instance's subnet that its clouds give to servers; the rest is for hosts and tests. */
const [FIRST, LAST] = [10, 249]

/** Starts one cloud after the other; each has a part of the instance's subnet for its servers. */
export async function startClouds(
  instance: Instance,
  wishes: readonly SettledCloud[],
  astronomer: string,
): Promise<Record<string, SiteCloud>> {
  mkdirSync(join(instance.folder, 'clouds'), { recursive: true, mode: 0o700 })
  const clouds: Record<string, SiteCloud> = {}
  const share = Math.floor((LAST - FIRST + 1) / wishes.length)
  let port = FIRST_PORT
  for (const [n, wish] of wishes.entries()) {
    port = await freePort(instance.network.loopback, port)
    const first = FIRST + n * share
    const pool = [addressIn(instance, first), addressIn(instance, first + share - 1)] as const
    clouds[wish.name] = await startOne(instance, wish, port, pool, astronomer)
    port += 1
  }
  return clouds
}

async function startOne(
  instance: Instance,
  { name, priority = 0, guests, caps, bootVolume, quota, buildMs, seed = (usual) => usual }: SettledCloud,
  port: number,
  [first, last]: readonly [string, string],
  user: string,
): Promise<SiteCloud> {
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
    seed: seed(
      siteSeed({
        network: {
          name: 'private',
          cidr: `${instance.network.prefix}.0/24`,
          gateway: instance.network.address,
          pool: [first, last],
        },
        admin: { name: 'admin', password: secret() },
        batch: { project: BATCH_PROJECT, user: 'canfar-batch', password: secret(), applicationCredential: batch },
        users: [{ name: user, password: astronomer.password, project: ASTRONOMER_PROJECT }],
        images: [
          {
            name: IMAGE,
            owner: ASTRONOMER_PROJECT,
            visibility: 'private',
            diskFormat: 'qcow2',
            size: 1 << 20,
            minDisk: 10,
          },
        ],
        ...(quota !== undefined && { quota }),
      }),
    ),
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
    authUrl,
    admin: new CloudAdmin(`http://${listen}/admin`, adminToken),
    hypervisorFolder,
    logFile,
    batch,
    astronomer,
    daemon: () => daemon,
    stop: () => daemon.stop(),
    kill: () => daemon.kill(),
    start: async () => {
      daemon = await begin()
    },
  }
}
