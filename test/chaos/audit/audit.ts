import type { Books } from './books.ts'
import { overCaps } from './caps.ts'
import { completedOnce, jobsLost, ranTwiceAtOnce } from './jobs.ts'
import { killedByUs } from './restarts.ts'
import { bootedTwice, foreignTouched, serversLeft } from './servers.ts'
import { namelessEnds, stuck } from './workflows.ts'

const checks: readonly ((books: Books) => string[])[] = [
  ({ unquiet }) => unquiet.map((what) => `not quiet in time: ${what}`),
  serversLeft,
  bootedTwice,
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

/** What is wrong with the books, a sentence for each. */
export const audit = (books: Books): string[] => checks.flatMap((check) => check(books))
