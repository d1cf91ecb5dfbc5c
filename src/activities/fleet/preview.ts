import type { PlanPreview } from '#contract/preview.ts'
import type { FleetPlan, PlanInput } from '#domain/fleet/types.ts'

/** So many of each fit into a payload with room to spare. */
const most = 1000

/** What people see of a plan. */
export function previewOf(
  { demand, supply }: PlanInput,
  { boots, retirements, verdicts, unmet }: FleetPlan,
): PlanPreview {
  const groups = demand.slice(0, most).map(({ id, owner, vmType, flavors, count, sample, waitingSince }) => ({
    id,
    owner,
    vmType,
    flavors,
    count,
    supply: supply.filter(({ group }) => group === id).length,
    sample,
    ...(waitingSince === undefined ? {} : { waitingSince }),
  }))
  return {
    plan: {
      boots: boots.slice(0, most),
      retirements: retirements.slice(0, most),
      verdicts: verdicts.slice(0, most),
      unmet,
    },
    groups,
    truncated: [demand, boots, retirements, verdicts].some(({ length }) => length > most),
  }
}
