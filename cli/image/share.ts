import type { CommandSpec } from '../command.ts'
import { list } from '../render/result.ts'

export const command: CommandSpec = {
  details:
    'submit does this by itself; here it is alone, e.g. to see whether it works. Public images are left as they are.',
  arguments: [{ name: 'IMAGE', description: 'name or id' }],
  options: [{ flags: '--cloud <name>', description: 'only on one cloud' }],
  examples: [
    { command: 'canfar-batch image share catalogue-software-2023-08-21', does: 'on every cloud that has it' },
    { command: 'canfar-batch image share catalogue-software-2023-08-21 --cloud arbutus', does: 'on one cloud' },
  ],
  async run(context, input) {
    const api = await context.api()
    const image = input.argument('IMAGE')
    const results = await api.shareImage(image, { cloud: input.text('cloud') })
    const problems = results.flatMap(({ cloud, problem, outcome }) =>
      outcome === 'failed' ? [{ cloud, problem }] : [],
    )
    const first = problems[0]?.problem
    return {
      ...list(
        'ImageSharingList',
        results,
        [
          { title: 'CLOUD', value: ({ cloud }) => cloud },
          { title: 'IMAGE', value: (result) => result.image, shrink: true },
          { title: 'RESULT', value: ({ outcome }) => outcome },
          { title: 'ID', value: ({ id }) => id ?? '' },
        ],
        'No cloud has it.',
      ),
      problem:
        problems.length === 0
          ? undefined
          : {
              code: first?.code ?? 'SharingFailed',
              kind: first?.kind ?? 'failure',
              message: `not shared on ${problems.map(({ cloud }) => cloud).join(', ')}`,
              where: image,
              details: problems.flatMap(({ cloud, problem }) => [
                `${cloud}: ${problem?.message ?? 'failed'}`,
                ...(problem?.details ?? []),
              ]),
              ...(first?.next === undefined ? {} : { next: first.next }),
            },
    }
  },
}
