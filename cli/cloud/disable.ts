import { Problem } from '#domain/problem.ts'
import type { CommandSpec } from '../command.ts'
import { byPrefix } from '../prefix.ts'
import { one } from '../render/result.ts'
import { cloudText } from './view.ts'

export const command: CommandSpec = {
  details: 'Worker VMs that are there go on until they retire; the cloud is watched all the while.',
  arguments: [{ name: 'CLOUD', description: 'name, or a unique beginning of it' }],
  options: [{ flags: '--reason <text>', description: 'why; kept with your name', required: true }],
  examples: [
    {
      command: 'canfar-batch cloud disable arbutus --reason "network maintenance until 18:00"',
      does: 'boot nothing more there',
    },
  ],
  async run(context, input) {
    const reason = (input.text('reason') ?? '').trim()
    if (reason === '') {
      throw new Problem({
        code: 'ReasonMissing',
        kind: 'usage',
        message: 'an empty reason is none',
        where: '--reason',
        next: 'say why, for those who find the cloud disabled',
      })
    }
    const api = await context.api()
    const cloud = await byPrefix(
      input.argument('CLOUD'),
      (name) => api.disableCloud(name, reason),
      () => api.cloudNames(),
    )
    return one('Cloud', cloud, (view) => cloudText(cloud, view))
  },
}
