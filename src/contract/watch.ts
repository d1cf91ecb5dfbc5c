import type { SignalDefinition } from '@temporalio/common'
import type { ObservedLimits } from '#domain/fleet/types.ts'
import { define } from './define.ts'

export const watchType = 'watch'
export const cloudWatchId = (cloud: string): string => `watch/${cloud}`
export const poolWatchId = (pool: string): string => `watch/pool/${pool}`

export type WatchInput = { pool: string; digest: string } & ({ kind: 'cloud'; cloud: string } | { kind: 'pool' })

/** A worker process with another configuration asks the watch to start its activity anew. */
export const configure: SignalDefinition<[{ digest: string }]> = define('signal', 'configure')

/** What the last look at a cloud showed; the watch's heartbeat carries it, so that it costs no history. */
export interface CloudSeen {
  at: number
  ok: boolean | 'unknown'
  error?: string
  /** Id of the batch project there. */
  project?: string
  servers?: number
  /** So many VMs are missing from the list that it is not believed. */
  frozen?: { missing: number; of: number }
  /** Servers of the project that are not ours. */
  foreign?: number
  limits?: ObservedLimits
}

/** What the last look at the pool showed. */
export interface PoolSeen {
  at: number
  ok: boolean | 'unknown'
  error?: string
  /** Idle jobs in the queue. */
  idle?: number
}
