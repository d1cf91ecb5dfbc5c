import { Problem } from '#domain/problem.ts'
import type { CommandSpec } from '../command.ts'
import { confirm } from '../confirm.ts'
import { passes } from './view.ts'

export const command: CommandSpec = {
  details:
    'Servers of ours without a workflow are adopted, or drained and deleted; what is left of VMs that are gone is removed. Only what is provably ours is touched.',
  arguments: [{ name: 'CLOUD', description: 'its name; all clouds without it', optional: true }],
  options: [
    { flags: '--accept-loss', description: 'believe that all missing VMs are lost, however many; needs CLOUD' },
    { flags: '-y, --yes', description: 'do not ask' },
  ],
  examples: [
    { command: 'canfar-batch cleanup run east', does: 'a pass over one cloud, now' },
    { command: 'canfar-batch cleanup run east --accept-loss', does: 'after the cloud has lost its servers' },
  ],
  async run(context, input) {
    const cloud = input.optionalArgument('CLOUD')
    const acceptLoss = input.flag('acceptLoss')
    if (acceptLoss && cloud === undefined) {
      throw new Problem({
        code: 'CloudMissing',
        kind: 'usage',
        message: 'a loss is accepted for one cloud at a time',
        where: '--accept-loss',
        next: 'name the cloud: canfar-batch cleanup run CLOUD --accept-loss',
      })
    }
    if (acceptLoss) {
      const question = `Take every VM that is missing on ${cloud} for lost, and let its jobs run elsewhere?`
      await confirm(context, input.flag('yes'), question)
    }
    const api = await context.api()
    return passes('CleanupRun', await api.runCleanup(cloud, { acceptLoss }), 'No cloud is configured.')
  },
}
