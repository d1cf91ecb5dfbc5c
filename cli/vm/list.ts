import type { CommandSpec } from '../command.ts'
import { vmStates } from '#domain/vm/state.ts'
import { list } from '../render/result.ts'
import { vmColumns } from './view.ts'

export const command: CommandSpec = {
  options: [
    { flags: '--cloud <name>', description: 'only those of one cloud' },
    { flags: '--state <state>', description: 'only those in one state', choices: vmStates },
    { flags: '-a, --all', description: 'also those that are gone' },
  ],
  examples: [
    { command: 'canfar-batch vm list', does: 'every worker VM that is' },
    { command: 'canfar-batch vm list --cloud arbutus --state draining', does: 'those that drain on one cloud' },
    {
      command: `canfar-batch vm list --all -o json | jq -r '.items[].name'`,
      does: 'the names of all that ever were, as far as is remembered',
    },
  ],
  async run(context, input) {
    const api = await context.api()
    const state = vmStates.find((name) => name === input.text('state'))
    const all = input.flag('all') || state === 'gone'
    const cloud = input.text('cloud')
    const vms = await api.listVms({ cloud, state, all })
    const filtered = cloud !== undefined || state !== undefined
    const empty = filtered
      ? 'No such worker VM.'
      : all
        ? 'No worker VM is remembered.'
        : 'No worker VM: none is needed while no job waits. --all shows those that are gone.'
    return list('VmList', vms, vmColumns, empty)
  },
}
