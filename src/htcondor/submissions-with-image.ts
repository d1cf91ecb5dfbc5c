import { all, quoteText } from './expression.ts'
import { queryRows } from './rows.ts'
import type { CondorTools, ToolOptions } from './tools.ts'

export interface SubmissionInQueue {
  /** The stamp of its jobs. */
  submission: string
  owner: string
  /** So many of them are in the queue and have not ended. */
  jobs: number
}

/** Submissions with jobs that may still need a VM of an image on a cloud: idle, running, held, on their way back. */
export async function submissionsWithImage(
  tools: CondorTools,
  cloud: string,
  image: string,
  options: ToolOptions = {},
): Promise<SubmissionInQueue[]> {
  const found = new Map<string, SubmissionInQueue>()
  const wanted = all(
    'CanfarSubmission =!= undefined',
    'JobStatus =!= 3 && JobStatus =!= 4',
    `stringListIMember(${quoteText(`${cloud}:${image}`)}, VMAMI)`,
  )
  const rows = queryRows(
    tools,
    'condor_q',
    ['-allusers', '-constraint', wanted],
    ['Owner', 'CanfarSubmission'],
    options,
  )
  for await (const [owner = '', submission = ''] of rows) {
    const jobs = (found.get(submission)?.jobs ?? 0) + 1
    found.set(submission, { submission, owner, jobs })
  }
  return [...found.values()].toSorted((a, b) => (a.submission < b.submission ? -1 : 1))
}
