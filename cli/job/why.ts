import type { JobExplanation } from '#api/types.ts'
import type { CommandSpec } from '../command.ts'
import { blocks, details } from '../render/details.ts'
import { one } from '../render/result.ts'
import { oneLine } from '../render/text.ts'
import { ago } from '../render/time.ts'
import { verdictTable } from '../render/verdicts.ts'
import type { View } from '../render/view.ts'
import { theJob } from './id.ts'

export const command: CommandSpec = {
  details: 'Says for each cloud why it has, or has not, booted a worker VM for this job and its like.',
  arguments: [{ name: 'JOB', description: 'cluster.proc; of a whole cluster its first idle job' }],
  examples: [
    { command: 'canfar-batch job why 12.0', does: 'why does this job wait?' },
    { command: `canfar-batch job why 12 -o json | jq -r .item.explanation`, does: 'the one sentence' },
  ],
  async run(context, input) {
    const api = await context.api()
    const explanation = await api.whyJob(await theJob(api, input.argument('JOB'), 'idle'))
    return one('JobExplanation', explanation, (view) => whyText(explanation, view))
  },
}

const whyText = ({ job, explanation, group, since, verdicts, notes }: JobExplanation, view: View): string =>
  blocks(
    `${oneLine(explanation)}\n`,
    details(
      [
        ['job', job.id],
        ['state', job.state],
        ['since', ago(since, view.now)],
        ['group', group],
      ],
      view,
    ),
    verdictTable(verdicts, view),
    notes.map((note) => `${oneLine(note)}\n`).join(''),
  )
