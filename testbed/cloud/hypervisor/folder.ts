import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
  type FSWatcher,
} from 'node:fs'
import { join } from 'node:path'
import type { Cloud } from '../cloud.ts'
import { guestPower } from '../compute/status.ts'
import type { Server } from '../compute/types.ts'
import { portsOf } from '../network/ports.ts'

/** What the runner of guests is told of one server. */
const record = (server: Server, cloud: Cloud, power: 'on' | 'off') => ({
  id: server.id,
  name: server.name,
  power,
  image: { id: server.imageId, name: server.imageName },
  flavor: {
    name: server.flavor.name,
    vcpus: server.flavor.vcpus,
    ramMb: server.flavor.ramMb,
    diskGb: rootGb(server, cloud),
    ephemeralGb: server.flavor.ephemeralGb,
  },
  address: portsOf(cloud, server.id)[0]?.fixedIps[0]?.ip_address ?? null,
  userData: cloud.state.userData.get(server.id)?.base64 ?? '',
  metadata: server.metadata,
  keyName: server.keyName,
  publicKey: cloud.state.keypairs.get(`${server.userId}:${server.keyName}`)?.publicKey ?? null,
  cloud: cloud.config.name,
})

/** Of its flavor, or of the volume that it runs from. */
function rootGb(server: Server, cloud: Cloud): number {
  const root = server.volumes.find(({ boot }) => boot)
  return root === undefined ? server.flavor.diskGb : (cloud.state.volumes.get(root.id)?.sizeGb ?? 0)
}

/** A backstop for a missed notification of the file system. */
const SWEEP_MS = 1000

/**
 * The folder between the cloud and the runner of guests: `<id>.json` for each server that should have a guest,
 * `<id>.off` from the runner when a guest ended by itself, `<id>.console` with what the guest printed.
 */
export class Hypervisor {
  readonly #folder: string | null
  #watcher: FSWatcher | null = null
  #sweeper: NodeJS.Timeout | null = null

  constructor(folder: string | null) {
    this.#folder = folder
    if (folder !== null) mkdirSync(folder, { recursive: true })
  }

  show(server: Server, cloud: Cloud): void {
    if (this.#folder === null) return
    const power = guestPower(server)
    const path = join(this.#folder, `${server.id}.json`)
    if (power !== 'off') rmSync(join(this.#folder, `${server.id}.off`), { force: true })
    if (power === null) return rmSync(path, { force: true })
    writeFileSync(`${path}.next`, JSON.stringify(record(server, cloud, power)), { mode: 0o600 })
    renameSync(`${path}.next`, path)
  }

  /** Removes what an earlier life of this cloud left behind, then tells of every guest that ends by itself. */
  start(cloud: Cloud, ended: (serverId: string) => void): void {
    const folder = this.#folder
    if (folder === null) return
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
      const server = cloud.state.servers.get(file.slice(0, -'.json'.length))
      if ((server === undefined || guestPower(server) === null) && this.#isOurs(join(folder, file), cloud))
        rmSync(join(folder, file), { force: true })
    }
    const sweep = (): void => {
      for (const file of readdirSync(folder)) if (file.endsWith('.off')) ended(file.slice(0, -'.off'.length))
    }
    this.#watcher = watch(folder, (_event, file) => {
      if (file?.endsWith('.off') === true && existsSync(join(folder, file))) ended(file.slice(0, -'.off'.length))
    })
    this.#sweeper = setInterval(sweep, SWEEP_MS)
    sweep()
  }

  stop(): void {
    this.#watcher?.close()
    if (this.#sweeper !== null) clearInterval(this.#sweeper)
  }

  console(serverId: string): string {
    if (this.#folder === null) return ''
    const path = join(this.#folder, `${serverId}.console`)
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }

  /** Two clouds may share a folder. */
  #isOurs(path: string, cloud: Cloud): boolean {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof found === 'object' && found !== null && 'cloud' in found && found.cloud === cloud.config.name
  }
}
