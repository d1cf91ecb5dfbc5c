import type { CommandSpec } from '../command.ts'
import { list } from '../render/result.ts'

export const command: CommandSpec = {
  details:
    'What counts first: option, environment, project file, user file, site file, default. Secrets are shown by name only.',
  options: [{ flags: '--origin', description: 'say where each value comes from' }],
  examples: [
    { command: 'canfar-batch config show', does: 'the configuration in force' },
    { command: 'canfar-batch config show --origin', does: 'and the file and line of each value' },
  ],
  async run(context, input) {
    const api = await context.api()
    const entries = await api.showConfig()
    const origin = input.flag('origin')
    return list(
      'ConfigEntryList',
      entries,
      [
        { title: 'KEY', value: ({ key }) => key },
        { title: 'VALUE', value: ({ value }) => value, shrink: true },
        { title: 'ORIGIN', value: (entry) => (origin ? entry.origin : ''), only: 'filled' },
      ],
      'Nothing is configured.',
    )
  },
}
