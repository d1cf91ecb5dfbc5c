import type { ImageRow } from '#api/types.ts'
import type { CommandSpec } from '../command.ts'
import { list } from '../render/result.ts'
import { relative } from '../render/time.ts'

const size = (bytes: number | undefined): string => {
  if (bytes === undefined) return ''
  return bytes < 1e8 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}

/** submit shares an image by itself. */
const usableText = ({ usable, status }: ImageRow): string => {
  if (usable) return 'yes'
  return status === 'active' ? 'once shared' : 'no'
}

export const command: CommandSpec = {
  options: [{ flags: '--cloud <name>', description: 'only those of one cloud' }],
  examples: [
    { command: 'canfar-batch image list', does: 'images that your jobs can name' },
    { command: `canfar-batch image list --cloud arbutus -o json | jq -r '.items[].name'`, does: 'names on one cloud' },
  ],
  async run(context, input) {
    const api = await context.api()
    const images = await api.listImages({ cloud: input.text('cloud') })
    return list(
      'ImageList',
      images,
      [
        { title: 'IMAGE', value: ({ name }) => name, shrink: true },
        { title: 'CLOUD', value: ({ cloud }) => cloud },
        { title: 'STATUS', value: ({ status }) => status },
        { title: 'VISIBILITY', value: ({ visibility }) => visibility },
        { title: 'USABLE', value: usableText },
        { title: 'SIZE', value: ({ sizeBytes }) => size(sizeBytes), align: 'right' },
        { title: 'AGE', value: ({ createdAt }, { now }) => relative(createdAt, now), align: 'right' },
        { title: 'PROJECT', value: ({ project }) => project ?? '', only: 'wide' },
        { title: 'ID', value: ({ id }) => id },
      ],
      'No image that you may see.',
    )
  },
}
