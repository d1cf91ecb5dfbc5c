import type { CommandSpec } from '../command.ts'
import { byPrefix } from '../prefix.ts'
import { one } from '../render/result.ts'
import { cloudText } from './view.ts'

export const command: CommandSpec = {
  arguments: [{ name: 'CLOUD', description: 'name, or a unique beginning of it' }],
  options: [{ flags: '--reason <text>', description: 'why; kept with your name' }],
  examples: [
    { command: 'canfar-batch cloud enable arbutus', does: 'boot there again' },
    { command: 'canfar-batch cloud enable arbutus --reason "maintenance is over"', does: 'and say why' },
  ],
  async run(context, input) {
    const api = await context.api()
    const cloud = await byPrefix(
      input.argument('CLOUD'),
      (name) => api.enableCloud(name, input.text('reason')),
      () => api.cloudNames(),
    )
    return one('Cloud', cloud, (view) => cloudText(cloud, view))
  },
}
