import type { CommandSpec } from '../command.ts'
import { one } from '../render/result.ts'
import { theJob } from './id.ts'
import { jobText } from './view.ts'

export const command: CommandSpec = {
  arguments: [{ name: 'JOB', description: 'cluster.proc, or the cluster if it has one job' }],
  examples: [
    { command: 'canfar-batch job show 12.0', does: 'everything about one job' },
    { command: 'canfar-batch job show 12.0 -o yaml', does: 'the same for a program' },
  ],
  async run(context, input) {
    const api = await context.api()
    const job = await api.showJob(await theJob(api, input.argument('JOB')))
    return one('Job', job, (view) => jobText(job, view))
  },
}
