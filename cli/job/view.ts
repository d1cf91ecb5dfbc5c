import type { JobDetails, JobRow } from '#api/types.ts'
import { details } from '../render/details.ts'
import type { Column } from '../render/table.ts'
import { ago, relative } from '../render/time.ts'
import type { View } from '../render/view.ts'

export const jobColumns: readonly Column<JobRow>[] = [
  { title: 'JOB', value: ({ id }) => id },
  { title: 'OWNER', value: ({ owner }) => owner },
  { title: 'STATE', value: ({ state }) => state, state: true },
  { title: 'CLOUD', value: ({ cloud }) => cloud ?? '' },
  { title: 'VM', value: ({ vm }) => vm ?? '', shrink: true },
  { title: 'SUBMITTED', value: ({ submittedAt }, { now }) => relative(submittedAt, now), align: 'right' },
  { title: 'STARTED', value: ({ startedAt }, { now }) => relative(startedAt, now), align: 'right' },
  { title: 'VM TYPE', value: ({ vmType }) => vmType ?? '', only: 'wide' },
  { title: 'SUBMISSION', value: ({ submission }) => submission ?? '', only: 'wide' },
  { title: 'COMMAND', value: ({ command }) => command, shrink: true },
  { title: 'HELD BECAUSE', value: ({ holdReason }) => holdReason ?? '', only: 'filled', shrink: true },
]

const withUnit = (value: number | undefined, unit: string): string | undefined =>
  value === undefined ? undefined : `${value} ${unit}`.trim()

export const jobText = (job: JobDetails, view: View): string =>
  details(
    [
      ['job', job.id],
      ['state', job.state],
      ['held because', job.holdReason],
      ['owner', job.owner],
      ['command', job.command],
      ['directory', job.directory],
      ['output', job.output],
      ['error', job.error],
      ['log', job.log],
      ['submission', job.submission],
      ['submitted', ago(job.submittedAt, view.now)],
      ['started', ago(job.startedAt, view.now)],
      ['ended', ago(job.endedAt, view.now)],
      ['exit code', withUnit(job.exitCode, '')],
      ['starts', withUnit(job.starts, '')],
      ['VM type', job.vmType],
      ['image', job.image],
      ['flavor', job.flavor],
      ['cloud', job.cloud],
      ['VM', job.vm],
      ['cpus', withUnit(job.requestCpus, '')],
      ['memory', withUnit(job.requestMemoryMb, 'MB')],
      ['disk', withUnit(job.requestDiskKb, 'kB')],
      ['keepalive', withUnit(job.keepaliveMinutes, 'min')],
      ['web', job.webUrl],
    ],
    view,
  )
