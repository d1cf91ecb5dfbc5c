import type { CommandSpec } from '../command.ts'
import { passes } from './view.ts'

export const command: CommandSpec = {
  details:
    'The comparison of clouds, pool and records that runs by itself every few minutes; here nothing is done about what it finds.',
  arguments: [{ name: 'CLOUD', description: 'its name; all clouds without it', optional: true }],
  examples: [
    { command: 'canfar-batch cleanup plan', does: 'what does not agree, on every cloud' },
    {
      command: `canfar-batch cleanup plan -o json | jq -r '.items[].findings[] | select(.kind == "unproven").serverId'`,
      does: 'servers that look like ours and are not provably so',
    },
  ],
  async run(context, input) {
    const api = await context.api()
    return passes('CleanupPlan', await api.planCleanup(input.optionalArgument('CLOUD')), 'No cloud is configured.')
  },
}
