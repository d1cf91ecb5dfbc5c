import type { SignalDefinition } from '@temporalio/common'
import { define } from './define.ts'

export const watchType = 'watch'
export const cloudWatchId = (cloud: string): string => `watch/${cloud}`
export const poolWatchId = (pool: string): string => `watch/pool/${pool}`

export type WatchInput = { pool: string; digest: string } & ({ kind: 'cloud'; cloud: string } | { kind: 'pool' })

/** A worker process with another configuration asks the watch to start its activity anew. */
export const configure: SignalDefinition<[{ digest: string }]> = define('signal', 'configure')
