import type { RemovalResult } from '#api/types.ts'
import type { ProblemKind } from '#domain/problem.ts'
import type { CommandSpec } from '../command.ts'
import { confirm } from '../confirm.ts'
import { list } from '../render/result.ts'
import { count } from '../render/text.ts'
import { parseJobId } from './id.ts'

export const command: CommandSpec = {
  details: 'Running jobs are killed. Worker VMs that are left empty retire by themselves.',
  arguments: [{ name: 'JOB', description: 'cluster.proc, or a whole cluster', variadic: true }],
  options: [{ flags: '-y, --yes', description: 'do not ask' }],
  examples: [
    { command: 'canfar-batch job remove 12.3', does: 'one job' },
    { command: 'canfar-batch job remove 12 13 --yes', does: 'two clusters, without a question' },
  ],
  async run(context, input) {
    const ids = input.arguments('JOB')
    const clusters = ids.filter((id) => parseJobId(id).proc === undefined).length
    const what = [
      clusters > 0 ? count(clusters, 'whole cluster') : '',
      ids.length > clusters ? count(ids.length - clusters, 'job') : '',
    ]
    await confirm(
      context,
      input.flag('yes'),
      `Remove ${what.filter((part) => part !== '').join(' and ')}: ${ids.join(', ')}?`,
    )
    const api = await context.api()
    const results = await api.removeJobs(ids)
    const failed = results.filter(({ ok }) => !ok)
    return {
      ...list(
        'JobRemovalList',
        results,
        [
          { title: 'JOB', value: ({ id }) => id },
          { title: 'RESULT', value: ({ ok }) => (ok ? 'removed' : 'failed'), state: true },
          { title: 'DETAIL', value: ({ detail }) => detail, shrink: true },
        ],
        'Nothing to remove.',
      ),
      problem:
        failed.length === 0
          ? undefined
          : {
              code: 'RemovalFailed',
              kind: kindOf(failed),
              message: `${failed.length} of ${results.length} not removed`,
              details: failed.map(({ id, detail }) => `${id}: ${detail}`),
              next: 'canfar-batch job list shows the jobs that there are.',
            },
    }
  },
}

/** The exit code is that of the failure, if all failed for the same reason. */
const kindOf = (failed: readonly RemovalResult[]): ProblemKind => {
  if (failed.every(({ refusal }) => refusal === 'not-found')) return 'not-found'
  return failed.every(({ refusal }) => refusal === 'denied') ? 'auth' : 'failure'
}
