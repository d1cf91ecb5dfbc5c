import type { CommandSpec } from '../command.ts'
import { byPrefix } from '../prefix.ts'
import { one } from '../render/result.ts'
import { vmNames } from './names.ts'
import { vmText } from './view.ts'

export const command: CommandSpec = {
  arguments: [{ name: 'VM', description: 'name, or a unique beginning of it or of its last part' }],
  examples: [
    { command: 'canfar-batch vm show canfar-arbutus-3f2a9c0d1e4b5a67', does: 'one worker VM and its history' },
    { command: 'canfar-batch vm show 3f2a', does: 'the same, less to type' },
  ],
  async run(context, input) {
    const api = await context.api()
    const vm = await byPrefix(
      input.argument('VM'),
      (name) => api.showVm(name),
      () => vmNames(api),
    )
    return one('Vm', vm, (view) => vmText(vm, view))
  },
}
