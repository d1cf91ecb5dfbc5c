import type {
  CloudChoice,
  CopyStatus,
  CopySummary,
  JobCounts,
  Submission,
  SubmissionPreview,
  SubmissionProgress,
} from '#api/types.ts'
import { blocks, details, titled } from '../render/details.ts'
import { table } from '../render/table.ts'
import { count, manyLines } from '../render/text.ts'
import { verdictTable } from '../render/verdicts.ts'
import type { View } from '../render/view.ts'

const countWords = ['idle', 'running', 'held', 'transferring', 'completed', 'failed', 'removed'] as const

/** `1 idle, 3 running`; what is zero is left out. */
const countsText = (counts: JobCounts): string =>
  countWords
    .filter((word) => counts[word] > 0)
    .map((word) => `${counts[word]} ${word}`)
    .join(', ')

/** The state of a submission in one line that changes only when something happened. */
export const progressLine = ({ state, counts, vms, copies, message }: SubmissionProgress): string => {
  const tally = new Map<string, number>()
  for (const vm of vms) {
    const key = `${vm.cloud} ${vm.state}`
    tally.set(key, (tally.get(key) ?? 0) + 1)
  }
  const fleet = [...tally].map(([key, number]) => `${number} ${key}`).join(', ')
  const ways = copies.map((copy) => `${copy.cloud}: ${copy.message}`)
  return [state, countsText(counts), fleet === '' ? '' : `VMs: ${fleet}`, message, ...ways]
    .filter((part) => part !== '')
    .join(' | ')
}

const clustersText = (clusters: Submission['clusters']): string =>
  clusters.map(({ id, jobs }) => `${id} (${count(jobs, 'job')})`).join(', ')

export const submissionText = (submission: Submission, view: View): string => {
  const { clusters } = submission
  return blocks(
    details(
      [
        ['submission', submission.submission],
        ['state', submission.state],
        ['clusters', clustersText(clusters)],
        ['web', submission.webUrl],
      ],
      view,
    ),
    choicesTable(submission, view),
    copiesTable(submission.copies, view),
  )
}

/** What `--wait` ends with. */
export const outcomeText = (submission: Submission, progress: SubmissionProgress, view: View): string =>
  details(
    [
      ['submission', submission.submission],
      ['state', progress.state],
      ['clusters', clustersText(progress.clusters)],
      ['jobs', countsText(progress.counts)],
      ['web', submission.webUrl],
    ],
    view,
  )

export const previewText = (preview: SubmissionPreview, view: View): string =>
  blocks(
    titled('Submit file as HTCondor gets it', `${manyLines(preview.rendered).trimEnd()}\n`, view),
    titled('Image and flavor', choicesTable(preview, view), view),
    titled('To be copied', copiesTable(preview.copies, view), view),
    titled('Plan', verdictTable(preview.verdicts, view), view),
  )

/** Clouds that get the image. */
const copiesTable = (copies: readonly (CopySummary & Partial<CopyStatus>)[], view: View): string =>
  table(
    copies,
    [
      { title: 'COPY TO', value: ({ cloud }) => cloud },
      { title: 'FROM', value: ({ from }) => from },
      { title: 'STATE', value: ({ state }) => state ?? '', only: 'filled', state: true },
      { title: 'REASON', value: ({ message }) => message ?? '', only: 'filled', shrink: true },
    ],
    view,
  )

const choicesTable = (choices: { images: CloudChoice[]; flavors: CloudChoice[] }, view: View): string =>
  table(
    [
      ...choices.images.map((choice) => ({ ...choice, what: 'image' })),
      ...choices.flavors.map((choice) => ({ ...choice, what: 'flavor' })),
    ],
    [
      { title: 'WHAT', value: ({ what }) => what },
      { title: 'CLOUD', value: ({ cloud }) => cloud },
      { title: 'NAME', value: ({ name }) => name, shrink: true },
      { title: 'ID', value: ({ id }) => id },
    ],
    view,
  )
