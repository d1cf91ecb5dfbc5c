import type { CommandSpec } from '../command.ts'
import { list } from '../render/result.ts'
import { jobColumns } from './view.ts'

export const command: CommandSpec = {
  options: [
    { flags: '-a, --all', description: 'also jobs that have left the queue' },
    { flags: '--everyone', description: 'the jobs of every user' },
    { flags: '-s, --submission <id>', description: 'only jobs of this submission (a unique beginning will do)' },
  ],
  examples: [
    { command: 'canfar-batch job list', does: 'your jobs that wait or run' },
    { command: 'canfar-batch job list --everyone -o wide', does: 'those of every user, every column' },
    {
      command: `canfar-batch job list -o json | jq -r '.items[] | select(.state == "held").id'`,
      does: 'ids of your held jobs',
    },
  ],
  async run(context, input) {
    const api = await context.api()
    const mine = !input.flag('everyone')
    const all = input.flag('all')
    const submission = input.text('submission')
    const jobs = await api.listJobs({ mine, all, submission })
    const whose = mine ? 'of yours ' : ''
    const hint = all ? 'canfar-batch submit hands in new ones.' : '--all shows those that have ended.'
    return list('JobList', jobs, jobColumns, `No job ${whose}${all ? 'is known' : 'waits or runs'}. ${hint}`)
  },
}
