import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CloudAdmin } from '#testbed/cloud/admin/client.ts'
import { type Daemon, spawnDaemon } from '#testbed/instance/daemon.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import { frontUrl, type Layout, type Region } from '../layout.ts'
import type { Root } from '../root.ts'
import type { FrontConfig } from './config.ts'

/** What users of a region speak to: its services are reached through it alone. */
export interface RegionFront {
  /** Keystone's `http://…/v3` for them. */
  readonly authUrl: string
  /** Behind their back. */
  readonly admin: CloudAdmin
  readonly logFile: string
  daemon(): Daemon
  stop(): Promise<void>
  kill(): Promise<void>
  /** Starts it again on the same port; it has forgotten faults and requests. */
  start(): Promise<void>
}

const MAIN = join(import.meta.dirname, 'main.ts')

export async function startFront(
  instance: Instance,
  { root, layout, region, folder }: { root: Root; layout: Layout; region: Region; folder: string },
): Promise<RegionFront> {
  const url = frontUrl(layout, region)
  const at = (port: number): string => `http://${layout.address}:${port}`
  const adminToken = randomBytes(18).toString('base64url')
  const config: FrontConfig = {
    region: region.name,
    listen: `${layout.address}:${region.front}`,
    adminToken,
    upstreams: {
      identity: at(layout.identity),
      image: at(region.image),
      compute: at(region.compute),
      network: at(region.network),
    },
    hypervisorFolder: hypervisorFolder(root, region.name),
    root,
  }
  const file = join(folder, `front-${region.name}.json`)
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
  const logFile = join(folder, `front-${region.name}.log`)
  const begin = (): Promise<Daemon> =>
    spawnDaemon(instance, {
      name: `front of ${region.name}`,
      argv: [process.execPath, MAIN, '--config', file],
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
      logFile,
      // whatever it says, it is there
      ready: () =>
        fetch(`${url}/identity/v3`).then(
          () => true,
          () => false,
        ),
    })
  let daemon = await begin()
  return {
    authUrl: `${url}/identity/v3`,
    admin: new CloudAdmin(`${url}/admin`, adminToken),
    logFile,
    daemon: () => daemon,
    stop: () => daemon.stop(),
    kill: () => daemon.kill(),
    start: async () => {
      daemon = await begin()
    },
  }
}

/** Where a region's Nova says what should be running. */
export const hypervisorFolder = ({ state }: Root, region: string): string => join(state, region, 'hypervisor')
