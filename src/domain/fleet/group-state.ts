import type { DemandGroup } from '../demand.ts'
import { jobsThatFit, requestOf, roomAfter, type Request } from './fit.ts'
import type { Option } from './options.ts'
import { demandShape } from './shape.ts'
import type { Resources } from './types.ts'

/** Who takes a group's jobs: VMs in the pool, VMs on their way, VMs that this pass boots. */
export type Taker = 'live' | 'coming' | 'boots'

/** A group while the plan is made. */
export interface GroupState {
  readonly group: DemandGroup
  readonly request: Request
  readonly shape: string
  /** One for each cloud. */
  readonly options: readonly Option[]
  /** Idle jobs that no VM takes yet. */
  unmet: number
  readonly taken: Record<Taker, number>
  /** VMs booted for it, by cloud. */
  readonly boots: Map<string, number>
}

export function groupState(group: DemandGroup, options: Option[]): GroupState {
  return {
    group,
    request: requestOf(group),
    shape: demandShape(group),
    options,
    unmet: Math.max(0, group.count),
    taken: { live: 0, coming: 0, boots: 0 },
    boots: new Map(),
  }
}

/** Gives the group's waiting jobs as much of the room as they can use; what is left of it. */
export function fill(state: GroupState, room: Resources, by: Taker): Resources {
  if (state.unmet === 0) return room
  const jobs = Math.min(state.unmet, jobsThatFit(room, state.request))
  if (jobs === 0) return room
  state.unmet -= jobs
  state.taken[by] += jobs
  return roomAfter(room, state.request, jobs)
}

/** In which order the groups of one owner are served. */
export function byPriority({ group: a }: GroupState, { group: b }: GroupState): number {
  return (
    Number(b.highPriority) - Number(a.highPriority) ||
    b.priority - a.priority ||
    (a.waitingSince ?? 0) - (b.waitingSince ?? 0) ||
    compareText(a.id, b.id)
  )
}

/** Not localeCompare: the order must be the same on every machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
