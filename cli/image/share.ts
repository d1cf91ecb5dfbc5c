import type { ImageSharingResult } from '#api/types.ts'
import type { CommandSpec, Context } from '../command.ts'
import { sharingResult } from './sharing-result.ts'

export const command: CommandSpec = {
  details: `Without PROJECT the image is shared with the batch project of each cloud, which submit does by itself as well. Only
the project that owns an image can share it, and only an image that is active. Public and community images need no sharing and
are left as they are ("open"). A project of which you have a credential (another entry of clouds.yaml for the cloud, or your own
account is in it) accepts at once; any other is "pending" until one of its people accepts. What is shared already stays so.`,
  arguments: [
    { name: 'IMAGE', description: 'name or id' },
    {
      name: 'PROJECT',
      description: 'names or ids of projects (default: the batch project)',
      optional: true,
      variadic: true,
    },
  ],
  options: [{ flags: '--cloud <name>', description: 'only on one cloud' }],
  examples: [
    { command: 'canfar-batch image share catalogue-software-2023-08-21', does: 'on every cloud that has it' },
    { command: 'canfar-batch image share catalogue-software-2023-08-21 --cloud arbutus', does: 'on one cloud' },
    {
      command: 'canfar-batch image share catalogue-software-2023-08-21 lensing planets --cloud arbutus',
      does: 'with two other projects',
    },
  ],
  async run(context, input) {
    const api = await context.api()
    const image = input.argument('IMAGE')
    const projects = input.arguments('PROJECT')
    const rows = await api.shareImage(image, { cloud: input.text('cloud'), projects })
    note(context, rows)
    return sharingResult(
      'ImageSharingList',
      rows,
      [{ title: 'MEMBER', value: ({ membership }) => membership ?? '', only: 'filled' }],
      { image, failure: 'not shared with' },
    )
  },
}

const note = (context: Context, rows: readonly ImageSharingResult[]): void => {
  if (rows.some(({ outcome }) => outcome === 'open')) {
    context.note('open: everybody can boot a public or community image; it needs no sharing.')
  }
  const [waiting] = rows.filter(({ membership }) => membership === 'pending' || membership === 'rejected')
  if (waiting !== undefined) {
    const accept = `openstack image set --accept ${waiting.id ?? waiting.image}`
    context.note(
      `${waiting.membership}: the project can boot the image by its id, and has it in its lists once one of its people accepts: ${accept}`,
    )
  }
}
