import type { FleetOverview } from '#api/types.ts'
import { cloudColumns } from '../cloud/view.ts'
import type { CommandSpec } from '../command.ts'
import { blocks, details, titled } from '../render/details.ts'
import { one } from '../render/result.ts'
import { table } from '../render/table.ts'
import { ago } from '../render/time.ts'
import { breakerTable, verdictTable } from '../render/verdicts.ts'
import type { View } from '../render/view.ts'

export const command: CommandSpec = {
  examples: [
    { command: 'canfar-batch fleet show', does: 'demand, supply, clouds and breakers at a glance' },
    { command: 'canfar-batch fleet show -o json | jq .item.demand', does: 'what waits, for a program' },
  ],
  async run(context) {
    const api = await context.api()
    const fleet = await api.showFleet()
    return one('Fleet', fleet, (view) => fleetText(fleet, view))
  },
}

const fleetText = ({ pool, lastPlanAt, vms, clouds, demand, breakers }: FleetOverview, view: View): string => {
  const states = vms.filter(({ count }) => count > 0).map(({ state, count }) => `${count} ${state}`)
  const demandTable = table(
    demand,
    [
      { title: 'GROUP', value: ({ group }) => group, shrink: true },
      { title: 'OWNER', value: ({ owner }) => owner },
      { title: 'IDLE', value: ({ idle }) => String(idle), align: 'right' },
      { title: 'VMS', value: ({ supply }) => String(supply), align: 'right' },
      { title: 'FLAVOR', value: ({ flavor }) => flavor, shrink: true },
      { title: 'VM TYPE', value: ({ vmType }) => vmType, shrink: true },
    ],
    view,
  )
  const verdicts = demand.flatMap((row) => row.verdicts.map((verdict) => ({ group: row.group, ...verdict })))
  return blocks(
    details(
      [
        ['pool', pool],
        ['worker VMs', states.length === 0 ? 'none' : states.join(', ')],
        ['last plan', ago(lastPlanAt, view.now)],
      ],
      view,
    ),
    titled('Clouds', table(clouds, cloudColumns, view), view),
    titled('Demand', demandTable === '' ? 'no job waits\n' : demandTable, view),
    titled('Verdicts', verdictTable(verdicts, view), view),
    titled('Not tried for now', breakerTable(breakers, view), view),
  )
}
