import type { DemandGroup } from '#domain/demand.ts'
import type { FleetPlan } from '#domain/fleet/types.ts'
import type { FleetMemory } from './fleet.ts'

export const previewType = 'preview'
export const previewId = (pool: string, asked: string): string => `preview/${pool}/${asked}`

/** What the fleet knows, and demand that nobody has submitted yet. */
export interface PreviewInput extends FleetMemory {
  pool: string
  supposed?: DemandGroup
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
