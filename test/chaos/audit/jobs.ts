import type { Books, JobBook } from './books.ts'

/** Every job of every submission that was accepted is there, once, and has ended well or at its user's wish. */
export function jobsLost(books: Books): string[] {
  const { jobs, entered } = books
  const found: string[] = []
  const bySubmission = Map.groupBy(jobs, ({ submission }) => submission)
  for (const { file, jobs: wanted, submission } of entered) {
    if (submission !== undefined && !bySubmission.has(submission) && !isCancelled(books, submission))
      found.push(`no job of ${file} (${submission}) was ever in the queue`)
    for (const [stamp, own] of Map.groupBy(
      jobs.filter((job) => job.file === file),
      (job) => job.submission,
    )) {
      if (own.length !== wanted && !isCancelled(books, stamp))
        found.push(`${file} (${stamp}) has ${own.length} jobs, not ${wanted}`)
    }
    const stamps = new Set(jobs.filter((job) => job.file === file).map((job) => job.submission))
    if (stamps.size > 1) found.push(`${file} was submitted ${stamps.size} times: ${[...stamps].join(', ')}`)
  }
  for (const job of jobs) {
    if (!job.left) found.push(`job ${job.id} is in the queue, status ${job.status}`)
    else if (job.status === 4 && job.exitCode !== 0) found.push(`job ${job.id} ended with ${job.exitCode}`)
    else if (job.status !== 4 && !wasRemoved(books, job)) found.push(`job ${job.id} left with status ${job.status}`)
  }
  return found
}

/**
 * A completed job has one end in the log, a run of its own that ended, and its output. A schedd that is killed may have
 * forgotten an end that it had written down, and asks the worker anew.
 */
export function completedOnce({ jobs, events, runs, outputs, journal }: Books): string[] {
  const kills = journal.filter(({ what, kind }) => what === 'fault' && kind === 'schedd killed')
  return jobs.flatMap(({ id, status }) => {
    const ends = events.filter((event) => event.job === id && event.kind === 5)
    const again = ends
      .slice(1)
      .filter(({ at }, n) => !kills.some((kill) => kill.at > (ends[n]?.at ?? 0) && kill.at < at + 1000))
    const ended = runs.filter((run) => run.job === id && run.ended !== undefined).length
    return [
      ...(again.length > 0 ? [`job ${id} completed ${ends.length} times`] : []),
      ...(status === 4 && ended === 0 ? [`job ${id} is completed but no run of it ended`] : []),
      ...(status === 4 && outputs.get(id) !== `done ${id}\n`
        ? [`the output of job ${id} is ${JSON.stringify(outputs.get(id))}`]
        : []),
    ]
  })
}

/** Two runs of one job at the same time: the first was believed to be over. */
export function ranTwiceAtOnce({ runs }: Books): string[] {
  return [...Map.groupBy(runs, ({ job }) => job)].flatMap(([job, own]) => {
    const ordered = own.toSorted((a, b) => a.began - b.began)
    return ordered.flatMap(({ vm, ended }, n) => {
      const next = ordered[n + 1]
      return next !== undefined && ended !== undefined && ended > next.began
        ? [`job ${job} ran on ${vm} until ${new Date(ended).toISOString()} and on ${next.vm} at the same time`]
        : []
    })
  })
}

const isCancelled = ({ journal }: Books, submission: string): boolean =>
  journal.some(({ kind, target }) => kind === 'cancel' && target === `submission/${submission}`)

function wasRemoved(books: Books, { id, submission, status }: JobBook): boolean {
  if (status !== 3) return false
  const cluster = id.slice(0, id.indexOf('.'))
  const asked = books.journal.some(
    ({ kind, target }) => kind === 'remove' && (target === `job/${id}` || target === `job/${cluster}`),
  )
  return asked || isCancelled(books, submission)
}
