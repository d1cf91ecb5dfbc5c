import { defaultPayloadConverter, fromPayloadsAtIndex, type Payload, type SignalDefinition } from '@temporalio/common'
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
  projectName?: string
  /** Id of the application credential with which it was looked, if it is one. */
  credential?: string
  /** When a rotation made it, ms since 1970; absent if none did. */
  credentialMade?: number
  /** When the credential ends, ms since 1970; absent if never, or if the cloud does not say. */
  credentialEnds?: number
  servers?: number
  /** So many VMs are missing from the list that it is not believed. */
  frozen?: { missing: number; of: number }
  /** Servers of the project that are not ours. */
  foreign?: number
  /** Servers that say that they are worker VMs of ours, and no workflow runs for them: at most {@link mostStrays}. */
  strays?: Stray[]
  limits?: ObservedLimits
}

/** A heartbeat is small; so many strays are a trouble of another kind. */
export const mostStrays = 500

export interface Stray {
  vm: string
  cores: number
}

/** What the last look at the pool showed. */
export interface PoolSeen {
  at: number
  ok: boolean | 'unknown'
  error?: string
  /** Idle jobs in the queue. */
  idle?: number
}

/** The part of a watch's description in which the last heartbeat of its activity is. */
interface DescribedWatch {
  raw: { pendingActivities?: { heartbeatDetails?: { payloads?: Payload[] | null } | null }[] | null }
}

/** What a watch, of a cloud or of the pool, saw last; nothing before its first look, or between two rounds. */
export function seenBy({ raw }: DescribedWatch): (CloudSeen & PoolSeen) | undefined {
  const payloads = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads
  return payloads == null || payloads.length === 0
    ? undefined
    : fromPayloadsAtIndex<CloudSeen & PoolSeen>(defaultPayloadConverter, 0, payloads)
}
