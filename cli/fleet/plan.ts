import type { FleetPlanPreview } from '#api/types.ts'
import type { CommandSpec } from '../command.ts'
import { blocks, titled } from '../render/details.ts'
import { one } from '../render/result.ts'
import { table } from '../render/table.ts'
import { verdictTable } from '../render/verdicts.ts'
import type { View } from '../render/view.ts'

export const command: CommandSpec = {
  details: 'The same function that the fleet itself plans with; nothing is applied.',
  examples: [
    { command: 'canfar-batch fleet plan', does: 'what would be booted and retired now, and why' },
    {
      command: `canfar-batch fleet plan -o json | jq '[.item.boots[].count] | add'`,
      does: 'how many VMs would be booted',
    },
  ],
  async run(context) {
    const api = await context.api()
    const plan = await api.planFleet()
    return one('FleetPlan', plan, (view) => planText(plan, view))
  },
}

const planText = ({ boots, retirements, verdicts }: FleetPlanPreview, view: View): string =>
  blocks(
    titled(
      'Boot',
      table(
        boots,
        [
          { title: 'CLOUD', value: ({ cloud }) => cloud },
          { title: 'VMS', value: ({ count }) => String(count), align: 'right' },
          { title: 'OWNER', value: ({ owner }) => owner },
          { title: 'FLAVOR', value: ({ flavor }) => flavor, shrink: true },
          { title: 'VM TYPE', value: ({ vmType }) => vmType, shrink: true },
          { title: 'REASON', value: ({ reason }) => reason, shrink: true },
        ],
        view,
      ) || 'nothing\n',
      view,
    ),
    titled(
      'Retire',
      table(
        retirements,
        [
          { title: 'VM', value: ({ name }) => name },
          { title: 'CLOUD', value: ({ cloud }) => cloud },
          { title: 'REASON', value: ({ reason }) => reason, shrink: true },
        ],
        view,
      ) || 'nothing\n',
      view,
    ),
    titled('Verdicts', verdictTable(verdicts, view), view),
  )
