import type { ProblemData } from '#domain/problem.ts'
import type { Result } from '../command.ts'
import { list } from '../render/result.ts'
import type { Column } from '../render/table.ts'

interface Row {
  cloud: string
  image: string
  id?: string | undefined
  project?: string | undefined
  projectName?: string | undefined
  outcome: string
  problem?: ProblemData | undefined
}

const projectOf = ({ project, projectName }: Row): string => projectName ?? project ?? ''

/** A line for each project of each cloud, and one problem for all that failed. */
export const sharingResult = <Each extends Row>(
  kind: string,
  rows: readonly Each[],
  more: readonly Column<Each>[],
  { image, failure }: { image: string; failure: string },
): Result => {
  const failed = rows.filter(({ outcome }) => outcome === 'failed')
  const first = failed[0]?.problem
  return {
    ...list(
      kind,
      rows,
      [
        { title: 'CLOUD', value: ({ cloud }) => cloud },
        { title: 'IMAGE', value: (row) => row.image, shrink: true },
        { title: 'PROJECT', value: projectOf },
        { title: 'RESULT', value: ({ outcome }) => outcome, state: true },
        ...more,
        { title: 'PROJECT ID', value: ({ project }) => project ?? '', only: 'wide' },
        { title: 'ID', value: ({ id }) => id ?? '' },
      ],
      'No cloud has it.',
    ),
    problem:
      failed.length === 0
        ? undefined
        : {
            code: first?.code ?? 'SharingFailed',
            kind: first?.kind ?? 'failure',
            message: `${failure} ${failed.map(placeOf).join(', ')}`,
            where: image,
            details: failed.flatMap((row) => [
              `${placeOf(row)}: ${row.problem?.message ?? 'failed'}`,
              ...(row.problem?.details ?? []),
            ]),
            ...(first?.next === undefined ? {} : { next: first.next }),
          },
  }
}

const placeOf = (row: Row): string => [projectOf(row), row.cloud].filter((part) => part !== '').join(' on ')
