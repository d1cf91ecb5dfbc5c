import type { Cloud } from '../cloud.ts'
import type { Snapshot, Volume } from './types.ts'

/** Writes volumes and snapshots and lets what is due happen at its time, through restarts too. */
export class VolumeLife {
  readonly #cloud: Cloud
  readonly #timers = new Map<string, NodeJS.Timeout>()
  #stopped = false

  constructor(cloud: Cloud) {
    this.#cloud = cloud
  }

  resume(): void {
    const { volumes, volumeSnapshots } = this.#cloud.state
    for (const row of [...volumes.values(), ...volumeSnapshots.values()]) this.#arm(row)
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  put(volume: Volume): void {
    this.#cloud.state.volumes.put(volume.id, { ...volume, updatedAt: this.#cloud.now() })
    this.#arm(volume)
  }

  putSnapshot(snapshot: Snapshot): void {
    this.#cloud.state.volumeSnapshots.put(snapshot.id, { ...snapshot, updatedAt: this.#cloud.now() })
    this.#arm(snapshot)
  }

  /** When something that is asked for now will have happened. */
  soon(): number {
    return this.#cloud.now() + this.#cloud.timings().volumeMs
  }

  #arm({ id, due }: Volume | Snapshot): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
    if (due === null || this.#stopped) return
    const wait = Math.max(0, due.at - this.#cloud.now())
    this.#timers.set(
      id,
      setTimeout(() => this.#fire(id), wait),
    )
  }

  #fire(id: string): void {
    this.#timers.delete(id)
    const { volumes, volumeSnapshots } = this.#cloud.state
    const volume = volumes.get(id)
    const snapshot = volumeSnapshots.get(id)
    if (volume?.due?.to === 'gone') volumes.delete(id)
    else if (volume?.due) this.put({ ...volume, status: volume.due.to, due: null })
    if (snapshot?.due?.to === 'gone') volumeSnapshots.delete(id)
    else if (snapshot?.due) this.putSnapshot({ ...snapshot, status: 'available', due: null })
    this.#cloud.commit()
  }
}
