import type { CommandSpec } from '../command.ts'
import { byPrefix } from '../prefix.ts'
import { one } from '../render/result.ts'
import { cloudDetailsText } from './view.ts'

export const command: CommandSpec = {
  arguments: [{ name: 'CLOUD', description: 'name, or a unique beginning of it' }],
  examples: [{ command: 'canfar-batch cloud show arbutus', does: 'quota, network, breakers and last error' }],
  async run(context, input) {
    const api = await context.api()
    const cloud = await byPrefix(
      input.argument('CLOUD'),
      (name) => api.showCloud(name),
      () => api.cloudNames(),
    )
    return one('Cloud', cloud, (view) => cloudDetailsText(cloud, view))
  },
}
