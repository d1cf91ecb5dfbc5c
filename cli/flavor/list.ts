import type { FlavorRow } from '#api/types.ts'
import type { CommandSpec } from '../command.ts'
import { parseAmount, parseSize } from '../size.ts'
import { list } from '../render/result.ts'

const megabyte = 1024 ** 2
const gigabyte = 1024 ** 3

const fits = ({ chosen, refusal }: FlavorRow): string => (refusal === undefined ? (chosen ? 'smallest' : 'yes') : 'no')
const gb = (ofWhat: number): string => (ofWhat === 0 ? '' : `${ofWhat} GB`)

export const command: CommandSpec = {
  details: `"smallest" is what submit takes where no flavor is named and the jobs request as much. Flavors are those that your
own projects see; of others, the batch project's alone, only their names help.`,
  options: [
    { flags: '--for <image>', description: 'that can boot this image, by name or id' },
    { flags: '--cpus <number>', description: 'with so many processors' },
    { flags: '--memory <size>', description: 'with so much memory: 4G, 3500M; a bare number is megabytes' },
    { flags: '--scratch <size>', description: 'with so large a scratch disk: 50G; a bare number is gigabytes' },
    { flags: '--cloud <name>', description: 'only those of one cloud' },
  ],
  examples: [
    { command: 'canfar-batch flavor list', does: 'flavors that worker VMs may have' },
    {
      command: 'canfar-batch flavor list --for catalogue-software-2023-08-21 --cpus 2 --memory 6G --scratch 20G',
      does: 'which would do for these jobs, and why not the others',
    },
  ],
  async run(context, input) {
    const sizeOf = (name: 'memory' | 'scratch', unit: 'M' | 'G') => {
      const text = input.text(name)
      return text === undefined ? undefined : parseSize(text, unit, `--${name}`)
    }
    const cpus = input.text('cpus')
    const memory = sizeOf('memory', 'M')
    const scratch = sizeOf('scratch', 'G')
    const query = {
      cloud: input.text('cloud'),
      image: input.text('for'),
      cpus: cpus === undefined ? undefined : parseAmount(cpus, '--cpus'),
      memoryMb: memory === undefined ? undefined : Math.ceil(memory / megabyte),
      scratchGb: scratch === undefined ? undefined : Math.ceil(scratch / gigabyte),
    }
    const api = await context.api()
    const { flavors, problems } = await api.listFlavors(query)
    for (const { cloud, problem } of problems) context.note(`${cloud}: ${problem.message}`)
    return list(
      'FlavorList',
      flavors,
      [
        { title: 'FLAVOR', value: ({ name }) => name },
        { title: 'CLOUD', value: ({ cloud }) => cloud },
        { title: 'CPUS', value: ({ cores }) => String(cores), align: 'right' },
        { title: 'MEMORY', value: ({ ramMb }) => `${ramMb} MB`, align: 'right' },
        { title: 'ROOT', value: ({ diskGb }) => gb(diskGb), align: 'right' },
        { title: 'SCRATCH', value: ({ scratchGb }) => gb(scratchGb), align: 'right' },
        { title: 'FITS', value: fits },
        { title: 'WHY NOT', value: ({ refusal }) => refusal ?? '', only: 'filled', shrink: true },
        { title: 'ID', value: ({ id }) => id, only: 'wide' },
      ],
      'Your projects may use no flavor.',
    )
  },
}
