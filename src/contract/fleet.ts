import type { SignalDefinition, UpdateDefinition } from '@temporalio/common'
import type { VmReason } from '#domain/vm/reason.ts'
import { define } from './define.ts'
import type { Question } from './questions.ts'
import type { VmOrder } from './vm-lifecycle.ts'

export const fleetType = 'fleet'
export const fleetId = (pool: string): string => `fleet/${pool}`

/** What an operator decided about a cloud; it outlives every restart. */
export interface CloudControl {
  enabled: boolean
  reason: string
  by: string
  at: number
}

/** A VM that the fleet started lately: until lists show it, it is supply that only the fleet knows of. */
export interface StartedVm {
  vm: string
  order: VmOrder
  at: number
}

/** How a VM ended, or failed to start; what the breakers learn from. */
export interface VmOutcome {
  vm: string
  order: VmOrder
  reason: VmReason
  served: boolean
  bornAt: number
  at: number
  note?: string
}

/** What the fleet knows and nobody else does. */
export interface FleetMemory {
  controls?: Record<string, CloudControl>
  breakers?: unknown
  recent?: StartedVm[]
}

/** Without a memory it looks for that of an earlier run. */
export interface FleetInput extends FleetMemory {
  pool: string
  /** VMs whose end has been counted, newest last; bounded. */
  ended?: string[]
}

/** Why the fleet is woken. The latest summary of a source wins. */
export interface Summary {
  /** `pool`, `cloud/<name>` or `submission/<id>`. */
  source: string
  at: number
  /** Idle jobs that are ours; absent when the source does not know. */
  idle?: number
}

export interface FleetView {
  controls: Record<string, CloudControl>
  recent: StartedVm[]
  breakers: unknown
  lastPlan?: { at: number; boots: number; retirements: number; unmet: number; verdicts: string }
}

export const summary: SignalDefinition<[Summary]> = define('signal', 'summary')
export const vmEnded: SignalDefinition<[VmOutcome]> = define('signal', 'vmEnded')
export const fleetView: Question<FleetView> = define('query', 'fleetView')
/**
 * What an operator has decided. Not an update: a worker process that comes up while questions, a timer and an update wait may
 * answer the questions first, and the update then has a place in the history at which it is never found again.
 */
export const setCloud: SignalDefinition<[{ cloud: string; control: CloudControl }]> = define('signal', 'setCloud')

/** As that was told before; histories have it. */
export const setCloudUpdate: UpdateDefinition<CloudControl, [{ cloud: string; control: CloudControl }]> = define(
  'update',
  'setCloud',
)
