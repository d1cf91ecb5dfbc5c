import type { Rotation, RotationStatus } from '#api/types.ts'
import type { CommandSpec } from '../command.ts'
import { followRun } from '../follow-run.ts'
import { byPrefix } from '../prefix.ts'
import { details } from '../render/details.ts'
import { one } from '../render/result.ts'

export const command: CommandSpec = {
  details: `The worker process makes another application credential, tries it out, writes it into clouds.yaml and goes on with it; the
older one is deleted after a grace (rotation.grace). Only the owner of a credential can make another: the site's own entry
(rotation.owner), or you. Your password stays here: what the worker process gets can make application credentials and nothing else,
and is deleted at the end. Ctrl-C ends the waiting, not the rotation; the same command shows it again.`,
  arguments: [{ name: 'CLOUD', description: 'name, or a unique beginning of it' }],
  options: [
    {
      flags: '--os-cloud <entry>',
      description: 'entry of your clouds.yaml that makes it (default: your OS_ variables, or the site)',
    },
    { flags: '--wait', description: 'wait until the older one is deleted, not only until the new one is used' },
  ],
  examples: [
    { command: 'canfar-batch cloud rotate arbutus', does: 'as the site, or as whose openrc file was sourced' },
    {
      command: 'canfar-batch cloud rotate arbutus --os-cloud arbutus-batch-owner --wait',
      does: 'as an entry of your clouds.yaml',
    },
  ],
  async run(context, input) {
    const api = await context.api()
    const rotation = await byPrefix(
      input.argument('CLOUD'),
      (name) => api.rotateCredential(name, input.text('osCloud')),
      () => api.cloudNames(),
    )
    if (rotation.alreadyRunning) context.note('Already being rotated: shown, not begun a second time.')
    else context.note(`The new credential is made by ${rotation.owner}.`)
    const { workflowId, cloud } = rotation
    const enough = input.flag('wait') ? ended : [...ended, ...used]
    const status = await followRun(context, {
      workflowId,
      subject: cloud,
      what: 'the rotation',
      again: `canfar-batch cloud rotate ${cloud}`,
      statuses: api.watchRotation(workflowId, context.signal),
      isEnough: ({ state }) => enough.includes(state),
    })
    const item = { ...rotation, ...status }
    return { ...one('Rotation', item, (view) => details(lines(item), view)), problem: status.problem }
  },
}

const lines = ({ cloud, credential, retires, deleted, state, message, webUrl }: Rotation & RotationStatus) =>
  [
    ['cloud', cloud],
    ['state', `${state}: ${message}`],
    ['credential', credential === undefined ? '' : `${credential.name} (${credential.id})`],
    ['ends', credential?.ends],
    ['access rules', credential === undefined ? '' : credential.accessRules ? 'yes' : 'none: a service refuses them'],
    ['older one goes', deleted === undefined ? retires : ''],
    ['deleted', deleted?.join(', ')],
    ['web', webUrl],
  ] as const

const ended: RotationStatus['state'][] = ['rotated', 'failed']
/** States in which the new one is used already. */
const used: RotationStatus['state'][] = ['grace', 'retiring']
