import type { CommandSpec } from '../command.ts'
import { confirm } from '../confirm.ts'
import { byPrefix } from '../prefix.ts'
import { list } from '../render/result.ts'
import { count } from '../render/text.ts'
import { vmNames } from './names.ts'

export const command: CommandSpec = {
  details: 'Running jobs finish, no new ones start; then the server is deleted, until the cloud says that it is gone.',
  arguments: [
    { name: 'VM', description: 'names, or unique beginnings of them or of their last parts', variadic: true },
  ],
  options: [
    { flags: '--reason <text>', description: 'why; kept in the history of the VM' },
    { flags: '-y, --yes', description: 'do not ask' },
  ],
  examples: [
    { command: 'canfar-batch vm retire 3f2a --reason "disk errors"', does: 'one worker VM' },
    {
      command: `canfar-batch vm list --cloud east -o json | jq -r '.items[].name' | xargs canfar-batch vm retire --yes`,
      does: 'all of a cloud',
    },
  ],
  async run(context, input) {
    const api = await context.api()
    const vms = []
    for (const given of input.arguments('VM')) {
      vms.push(
        await byPrefix(
          given,
          (name) => api.showVm(name),
          () => vmNames(api),
        ),
      )
    }
    const running = vms.reduce((sum, { jobs }) => sum + jobs.running, 0)
    const names = vms.map(({ name }) => name)
    await confirm(
      context,
      input.flag('yes'),
      `Retire ${count(names.length, 'worker VM')} (${count(running, 'running job')} will finish first): ${names.join(', ')}?`,
    )
    const reason = input.text('reason') ?? `asked for by ${(await context.principal()).user}`
    const results = []
    for (const name of names) results.push(await api.retireVm(name, reason, { drain: true }))
    return list(
      'VmRetirementList',
      results,
      [
        { title: 'VM', value: ({ name }) => name },
        { title: 'STATE', value: ({ state }) => state, state: true },
        { title: 'DETAIL', value: ({ detail }) => detail, shrink: true },
      ],
      'Nothing to retire.',
    )
  },
}
