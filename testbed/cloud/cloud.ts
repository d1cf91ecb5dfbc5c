import type { HttpBindings } from '@hono/node-server'
import type { VolumeLife } from './block-storage/life.ts'
import type { ServerLife } from './compute/life.ts'
import type { CloudConfig, Timings } from './config.ts'
import type { Effect } from '#testbed/front/rule.ts'
import type { ContentStore } from './image/content.ts'
import type { Principal } from './identity/types.ts'
import type { Snapshots } from './image/snapshot.ts'
import type { Hypervisor } from './hypervisor/folder.ts'
import type { State } from './state.ts'

/** What every part of a running cloud works with. */
export interface Cloud {
  readonly config: CloudConfig
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly state: State
  readonly life: ServerLife
  readonly volumes: VolumeLife
  readonly snapshots: Snapshots
  readonly contents: ContentStore
  readonly hypervisor: Hypervisor
  timings(): Timings
  now(): number
  /** Makes every change so far durable. */
  commit(): void
}

/** What the front hands to the services beside the request. */
export interface Bindings extends HttpBindings {
  requestId: string
  /** A fault that the service itself has to play. */
  effect: Effect | null
  /** Filled by the service for the request log. */
  seen: { principal?: Principal }
}

export interface Env {
  Bindings: Bindings
  Variables: { principal: Principal; microversion: number }
}
