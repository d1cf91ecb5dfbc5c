import type { Replication, ReplicationStatus } from '#api/types.ts'
import type { CommandSpec } from '../command.ts'
import { followRun } from '../follow-run.ts'
import { details } from '../render/details.ts'
import { one } from '../render/result.ts'

export const command: CommandSpec = {
  details: `The copy is your project's on the other cloud, and is checked there by its hash. An image with the same data that is
there already is left as it is. Ctrl-C while waiting ends the waiting, not the copying; the same command shows it again.`,
  arguments: [{ name: 'IMAGE', description: 'name or id' }],
  options: [
    { flags: '--to <cloud>', description: 'the cloud that shall have it', required: true },
    { flags: '--from <cloud>', description: 'a cloud that has it (default: the first)' },
    { flags: '--wait', description: 'follow the copying to its end' },
  ],
  examples: [
    {
      command: 'canfar-batch image replicate catalogue-software-2023-08-21 --to east --wait',
      does: 'copy it, and wait until it is there',
    },
    {
      command: 'canfar-batch image replicate catalogue-software-2023-08-21 --from arbutus --to east -o json',
      does: 'begin, for a script',
    },
  ],
  async run(context, input) {
    const to = input.text('to') ?? ''
    const image = input.argument('IMAGE')
    const api = await context.api()
    const replication = await api.replicateImage({ image, to, from: input.text('from') })
    if (replication.alreadyRunning) context.note('Already being copied: shown, not copied a second time.')
    const again = `canfar-batch image replicate ${replication.id} --from ${replication.from} --to ${to} --wait`
    if (!input.flag('wait')) {
      context.note(`Copied by itself from now on; to look on: ${again}`)
      return one('ImageReplication', replication, (view) => details(lines(replication), view))
    }
    const { workflowId } = replication
    const status = await followRun(context, {
      workflowId,
      subject: to,
      what: 'the copying',
      again,
      statuses: api.watchReplication(workflowId, context.signal),
      isEnough: ({ state }) => ended.includes(state),
    })
    const item = { ...replication, ...status }
    return { ...one('ImageReplication', item, (view) => details(lines(item), view)), problem: status.problem }
  },
}

const ended: ReplicationStatus['state'][] = ['already', 'copied', 'failed']

const lines = (item: Replication & Partial<ReplicationStatus>) =>
  [
    ['image', item.image],
    ['from', `${item.from} (${item.id})`],
    ['to', item.copy === undefined ? item.to : `${item.to} (${item.copy.id})`],
    ['state', item.state],
    ['web', item.webUrl],
  ] as const
