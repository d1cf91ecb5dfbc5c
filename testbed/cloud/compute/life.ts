import type { Cloud } from '../cloud.ts'
import { markPorts, releasePorts } from '../network/ports.ts'
import { holdVolumes, releaseVolumes } from './boot-devices.ts'
import { guestPower, isLive } from './status.ts'
import type { Server } from './types.ts'

/** The server once what was due has happened. */
export function afterDue(server: Server, now: number): Server {
  const { due } = server
  if (due === null) return server
  const settled = { ...server, due: null, taskState: null, updatedAt: now }
  if (due.event === 'deleted') return { ...settled, vmState: 'deleted', powerState: 0, deletedAt: now, lockedBy: null }
  return {
    ...settled,
    vmState: due.vmState,
    powerState: due.powerState,
    launchedAt: server.launchedAt ?? (due.vmState === 'active' ? now : null),
  }
}

/** Writes servers and lets what is due happen at its time, through restarts too. */
export class ServerLife {
  readonly #cloud: Cloud
  readonly #timers = new Map<string, NodeJS.Timeout>()
  #stopped = false

  constructor(cloud: Cloud) {
    this.#cloud = cloud
  }

  /** After a start: catches up with what fell due meanwhile. */
  resume(): void {
    for (const server of this.#cloud.state.servers.values()) {
      this.#arm(server)
      if (guestPower(server) !== null) this.#cloud.hypervisor.show(server, this.#cloud)
    }
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  /** The one way to change a server: keeps its guest, its ports, its volumes and its timer in step. */
  put(server: Server): void {
    const before = this.#cloud.state.servers.get(server.id)
    this.#cloud.state.servers.put(server.id, server)
    if (server.vmState === 'deleted' || server.vanished) this.#bury(server, before)
    else if (before?.vmState !== server.vmState) {
      markPorts(this.#cloud, server.id, server.vmState === 'building' ? 'DOWN' : 'ACTIVE')
      if (server.vmState === 'active') holdVolumes(this.#cloud, server)
      // A failed build gives back at once what it had made.
      else if (before?.vmState === 'building' && server.vmState === 'error') releaseVolumes(this.#cloud, server)
    }
    if (before === undefined || guestPower(before) !== guestPower(server))
      this.#cloud.hypervisor.show(server, this.#cloud)
    if (before?.due !== server.due) this.#arm(server)
  }

  #bury(server: Server, before: Server | undefined): void {
    if (before !== undefined && isLive(before)) releaseVolumes(this.#cloud, server)
    if (!server.keepsPorts) releasePorts(this.#cloud, server.id)
    this.#cloud.state.userData.delete(server.id)
  }

  #arm(server: Server): void {
    clearTimeout(this.#timers.get(server.id))
    this.#timers.delete(server.id)
    if (server.due === null || this.#stopped) return
    const wait = Math.max(0, server.due.at - this.#cloud.now())
    this.#timers.set(
      server.id,
      setTimeout(() => this.#fire(server.id), wait),
    )
  }

  #fire(id: string): void {
    this.#timers.delete(id)
    const server = this.#cloud.state.servers.get(id)
    if (server?.due == null) return
    this.put(afterDue(server, this.#cloud.now()))
    this.#cloud.commit()
  }
}
