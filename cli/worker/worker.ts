import type { CommandSpec } from '../command.ts'

export const command: CommandSpec = {
  details: `Runs workflows and activities until SIGINT or SIGTERM; then it takes no new work, finishes what it can and ends.
The VMs and jobs live on without it. Logs go to stderr.`,
  examples: [
    { command: 'canfar-batch worker', does: 'in the foreground, as systemd wants it' },
    {
      command: 'canfar-batch worker --config /etc/canfar-batch/config.yaml',
      does: 'with a configuration file of its own',
    },
  ],
  endsItself: true,
  async run({ environment, directory, config }) {
    // The one command that is the process of another room; no other command loads any of it.
    // oxlint-disable no-restricted-imports
    const { loadConfig } = await import('#config/load.ts')
    const loaded = loadConfig({ env: environment, cwd: directory, ...(config !== undefined && { flag: config }) })
    const { runWorkerProcess } = await import('#worker/run.ts')
    // oxlint-enable no-restricted-imports
    await runWorkerProcess(loaded)
    return undefined
  },
}
