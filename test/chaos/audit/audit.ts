import type { Books } from './books.ts'
import { overCaps } from './caps.ts'
import { completedOnce, jobsLost, ranTwiceAtOnce } from './jobs.ts'
import { killedByUs } from './restarts.ts'
import { bootedTwice, foreignTouched, ranNowhere, serversLeft } from './servers.ts'
import { namelessEnds, stuck } from './workflows.ts'

const checks: readonly ((books: Books) => string[])[] = [
  ({ unquiet }) => unquiet.map((what) => `not quiet in time: ${what}`),
  serversLeft,
  bootedTwice,
  ranNowhere,
  foreignTouched,
  overCaps,
  jobsLost,
  completedOnce,
  ranTwiceAtOnce,
  killedByUs,
  stuck,
  namelessEnds,
  ({ secrets }) => secrets.map(({ secret, place }) => `${secret} is in ${place}`),
]

/** One cause may have a hundred breaches; the books keep them all. */
const most = 10

/** What is wrong with the books, a sentence for each. */
export const audit = (books: Books): string[] =>
  checks.flatMap((check) => {
    const found = check(books)
    const more = found.length - most
    return more > 0 ? [...found.slice(0, most), `… and ${more} more like the last`] : found
  })
