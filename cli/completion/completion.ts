import type { CommandSpec } from '../command.ts'
import { bash } from './bash.ts'
import { fish } from './fish.ts'
import { nodesOfAll } from './nodes.ts'
import { zsh } from './zsh.ts'

const shells = { bash, zsh, fish }

export const command: CommandSpec = {
  arguments: [{ name: 'SHELL', description: 'your shell', choices: Object.keys(shells) }],
  examples: [
    {
      command: 'canfar-batch completion bash > ~/.local/share/bash-completion/completions/canfar-batch',
      does: 'bash, from the next shell on',
    },
    { command: 'canfar-batch completion zsh > "${fpath[1]}/_canfar-batch"', does: 'zsh' },
    { command: 'canfar-batch completion fish > ~/.config/fish/completions/canfar-batch.fish', does: 'fish' },
  ],
  async run(context, input) {
    const shell = input.argument('SHELL')
    const write = Object.entries(shells).find(([name]) => name === shell)?.[1]
    if (write !== undefined) context.streams.out.write(write(await nodesOfAll()))
    return undefined
  },
}
