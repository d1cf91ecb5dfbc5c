import type { ImageUnsharingResult } from '#api/types.ts'
import type { CommandSpec, Context } from '../command.ts'
import { count } from '../render/text.ts'
import { sharingResult } from './sharing-result.ts'

export const command: CommandSpec = {
  details: `Only the project that owns an image can take it back. VMs that run from it are left alone, and jobs on them; new ones
cannot be booted from it. If submissions still need it, that is said; sharing it again lets them go on.`,
  arguments: [
    { name: 'IMAGE', description: 'name or id' },
    { name: 'PROJECT', description: 'names or ids of projects', variadic: true },
  ],
  options: [{ flags: '--cloud <name>', description: 'only on one cloud' }],
  examples: [
    {
      command: 'canfar-batch image unshare catalogue-software-2019 lensing planets',
      does: 'on every cloud that has it',
    },
    {
      command: 'canfar-batch image unshare catalogue-software-2019 canfar-batch --cloud arbutus',
      does: 'from the batch project of one cloud',
    },
  ],
  async run(context, input) {
    const api = await context.api()
    const image = input.argument('IMAGE')
    const rows = await api.unshareImage(image, input.arguments('PROJECT'), { cloud: input.text('cloud') })
    for (const row of rows) note(context, row)
    return sharingResult(
      'ImageUnsharingList',
      rows,
      [{ title: 'USED BY', value: (row) => useText(row), only: 'filled' }],
      { image, failure: 'not taken back from' },
    )
  },
}

const useText = ({ usedBy }: ImageUnsharingResult): string => {
  if (usedBy === undefined || usedBy === 'unknown') return usedBy ?? ''
  const { submissions, vms } = usedBy
  return [
    ...(submissions.length === 0 ? [] : [count(submissions.length, 'submission')]),
    ...(vms.length === 0 ? [] : [count(vms.length, 'worker VM')]),
  ].join(', ')
}

const note = (context: Context, { cloud, outcome, usedBy }: ImageUnsharingResult): void => {
  if (outcome === 'open') context.note(`${cloud}: everybody can boot a public or community image, as before.`)
  if (usedBy === undefined) return
  if (usedBy === 'unknown') {
    context.note(`${cloud}: whether submissions still use it is not known: queue or Temporal did not answer.`)
    return
  }
  for (const { submission, owner, jobs } of usedBy.submissions) {
    context.note(
      `${cloud}: submission ${submission} of ${owner} still uses it: ${count(jobs, 'job')} in the queue, for which no new VM can boot there.`,
    )
  }
  if (usedBy.vms.length > 0) context.note(`${cloud}: left running: ${usedBy.vms.join(', ')}`)
}
