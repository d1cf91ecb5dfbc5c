import type { VmDetails, VmRow } from '#api/types.ts'
import { blocks, details, titled } from '../render/details.ts'
import { type Column, table } from '../render/table.ts'
import { ago, duration, relative } from '../render/time.ts'
import type { View } from '../render/view.ts'

const idle = ({ idleFor }: VmRow): string => (idleFor === undefined ? '' : duration(idleFor))

export const vmColumns: readonly Column<VmRow>[] = [
  { title: 'VM', value: ({ name }) => name },
  { title: 'CLOUD', value: ({ cloud }) => cloud },
  { title: 'STATE', value: ({ state }) => state, state: true },
  { title: 'REASON', value: ({ reason }) => reason ?? '', only: 'filled' },
  { title: 'OWNER', value: ({ owner }) => owner },
  { title: 'JOBS', value: ({ jobs }) => `${jobs.running}/${jobs.started}`, align: 'right' },
  { title: 'IDLE', value: idle, align: 'right' },
  { title: 'AGE', value: ({ age }) => duration(age), align: 'right' },
  { title: 'FLAVOR', value: ({ flavor }) => flavor, shrink: true },
  { title: 'VM TYPE', value: ({ vmType }) => vmType, shrink: true },
  { title: 'IMAGE', value: ({ image }) => image, only: 'wide' },
  { title: 'DEADLINE', value: ({ deadline }, { now }) => relative(deadline, now), only: 'wide' },
]

export const vmText = (vm: VmDetails, view: View): string =>
  blocks(
    details(
      [
        ['VM', vm.name],
        ['state', vm.state],
        ['reason', vm.reason],
        ['cloud', vm.cloud],
        ['owner', vm.owner],
        ['VM type', vm.vmType],
        ['image', vm.image],
        ['flavor', vm.flavor],
        ['server', vm.serverId],
        ['address', vm.address],
        ['age', duration(vm.age)],
        ['jobs', `${vm.jobs.running} running, ${vm.jobs.started} started`],
        ['idle', idle(vm)],
        ['deadline', relative(vm.deadline, view.now)],
        ['workflow', vm.workflowId],
        ['web', vm.webUrl],
        ...(vm.links ?? []).map(({ title, url }) => [title, url] as const),
      ],
      view,
    ),
    titled(
      'History',
      table(
        vm.history,
        [
          { title: 'WHEN', value: ({ at }, { now }) => ago(at, now), align: 'right' },
          { title: 'STATE', value: ({ state }) => state, state: true },
          { title: 'BECAUSE', value: ({ because }) => because, shrink: true },
        ],
        view,
      ),
      view,
    ),
  )
