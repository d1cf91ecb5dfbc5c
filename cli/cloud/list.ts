import type { CommandSpec } from '../command.ts'
import { list } from '../render/result.ts'
import { cloudColumns } from './view.ts'

export const command: CommandSpec = {
  examples: [
    { command: 'canfar-batch cloud list', does: 'every cloud, its use and whether it boots' },
    {
      command: `canfar-batch cloud list -o json | jq -r '.items[] | select(.enabled | not).name'`,
      does: 'the disabled ones',
    },
  ],
  async run(context) {
    const api = await context.api()
    const clouds = await api.listClouds()
    return list(
      'CloudList',
      clouds,
      cloudColumns,
      'No cloud is configured: canfar-batch config show says where one belongs.',
    )
  },
}
