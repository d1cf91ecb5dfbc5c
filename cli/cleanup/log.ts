import { Problem } from '#domain/problem.ts'
import type { CommandSpec } from '../command.ts'
import { passes } from './view.ts'

export const command: CommandSpec = {
  details:
    'Each pass that found something, newest first, with the evidence for every deed. Temporal keeps them for 30 days.',
  arguments: [{ name: 'CLOUD', description: 'its name; all clouds without it', optional: true }],
  options: [{ flags: '-n, --limit <count>', description: 'so many at most; 20 without it' }],
  examples: [{ command: 'canfar-batch cleanup log east', does: 'what was cleaned up on one cloud, and why' }],
  async run(context, input) {
    const given = input.text('limit')
    const limit = given === undefined ? undefined : Number(given)
    if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
      throw new Problem({
        code: 'BadCount',
        kind: 'usage',
        message: `${given} is not a count`,
        where: '--limit',
        next: 'write a whole number from 1 on',
      })
    }
    const api = await context.api()
    const found = await api.listCleanups({ cloud: input.optionalArgument('CLOUD'), limit })
    return passes('CleanupLog', found, 'Nothing had to be cleaned up.')
  },
}
