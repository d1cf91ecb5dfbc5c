import { Problem } from '#domain/problem.ts'
import type { CommandSpec } from '../command.ts'
import { byPrefix } from '../prefix.ts'
import { checklist } from '../render/checklist.ts'

export const command: CommandSpec = {
  details: `Looks at all that worker VMs need of a cloud, with the batch project's own credential: run it as the account of the
worker process. Needs neither Temporal nor a worker process, so that a cloud can be tried before it is used: --config names
a draft. Changes nothing unless --boot is given: then one small server is booted, looked at and deleted, also on Ctrl-C.`,
  arguments: [{ name: 'CLOUD', description: 'name, or a unique beginning of it' }],
  options: [
    { flags: '--boot', description: 'boot one server, look at it, delete it' },
    { flags: '--image <image>', description: 'with --boot: name or id; the smallest that the project sees if absent' },
    { flags: '--flavor <flavor>', description: 'with --boot: name or id; the smallest that fits if absent' },
  ],
  examples: [
    { command: 'canfar-batch cloud check arbutus', does: 'one line a check, and what to do about each that failed' },
    { command: 'canfar-batch cloud check arbutus --boot', does: 'the same, and one server from its birth to its end' },
    { command: 'canfar-batch cloud check arbutus --config draft.yaml', does: 'before the worker process hears of it' },
  ],
  endsItself: true,
  async run(context, input) {
    const [image, flavor] = [input.text('image'), input.text('flavor')]
    const boot = input.flag('boot')
    if (!boot && (image !== undefined || flavor !== undefined)) {
      throw new Problem({
        code: 'BootMissing',
        kind: 'usage',
        message: 'nothing is booted without --boot',
        where: image === undefined ? '--flavor' : '--image',
        next: 'add --boot',
      })
    }
    const api = await context.api()
    const [cloud = ''] = await byPrefix(
      input.argument('CLOUD'),
      (name) => api.cloudNames(name),
      () => api.cloudNames(),
    )
    const how = { signal: context.signal, ...(boot ? { boot: { image, flavor } } : {}) }
    return checklist(api.checkCloud(cloud, how), context)
  },
}
