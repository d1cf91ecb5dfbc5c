import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common'
import type { VmReason } from '#domain/vm/reason.ts'
import type { DemandGroup } from '#domain/demand.ts'
import type { FleetPlan } from '#domain/fleet/types.ts'
import { define } from './define.ts'
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

/** A plan with what it was made for. Long lists are cut: a payload holds 2 MB. */
export interface PlanPreview {
  plan: Pick<FleetPlan, 'boots' | 'retirements' | 'verdicts' | 'unmet'>
  groups: DemandSummary[]
  truncated: boolean
}

export interface DemandSummary {
  id: string
  owner: string
  vmType: string
  flavors: Record<string, string>
  count: number
  /** VMs that were booted for it and live. */
  supply: number
  sample: string
  waitingSince?: number
}

export const summary: SignalDefinition<[Summary]> = define('signal', 'summary')
export const vmEnded: SignalDefinition<[VmOutcome]> = define('signal', 'vmEnded')
export const fleetView: QueryDefinition<FleetView> = define('query', 'fleetView')
export const setCloud: UpdateDefinition<CloudControl, [{ cloud: string; control: CloudControl }]> = define(
  'update',
  'setCloud',
)

/** A plan that is made now and not applied; `supposed` is demand that nobody has submitted yet. */
export const previewPlan: UpdateDefinition<PlanPreview, [{ supposed?: DemandGroup }]> = define('update', 'previewPlan')
