import { faultKinds } from '../faults/all.ts'
import type { Entry } from '../journal.ts'
import type { Books } from './books.ts'

export interface Restart {
  job: string
  /** Where it had been put before. */
  vm: string
  from: number
  to: number
  /** The fault that excuses it. */
  because: Entry | undefined
}

/** Kinds of events with which a run is over by the job's own doing. */
const clocks = 2000

/** Every start of a job after its first, with what it is excused by. */
export function restarts({ events, journal }: Books): Restart[] {
  const starts = events.filter(({ kind }) => kind === 1)
  return [...Map.groupBy(starts, ({ job }) => job)].flatMap(([job, own]) =>
    own.slice(1).map(({ at: to }, n) => {
      const { vm = '', at: from = 0 } = own[n] ?? {}
      return { job, vm, from, to, because: excuse(journal, { vm, from, to }) }
    }),
  )
}

/** A fault of that very VM before the next start, or of the schedd between the two. */
function excuse(journal: readonly Entry[], { vm, from, to }: { vm: string; from: number; to: number }) {
  return journal.find(({ what, kind, target, at }) => {
    if (what !== 'fault' || at > to + clocks) return false
    const ends = faultKinds.find((one) => one.kind === kind)?.endsJobs
    return (ends === 'of the VM' && target === `vm/${vm}`) || (ends === 'of the schedd' && at > from - clocks)
  })
}

/** A running job is never killed by us. */
export function killedByUs(books: Books): string[] {
  return restarts(books)
    .filter(({ because }) => because === undefined)
    .map(
      ({ job, vm, from, to }) =>
        `job ${job}, put on ${vm} at ${new Date(from).toISOString()}, was started again at ${new Date(to).toISOString()}`,
    )
}
