import { vmReasons } from '#domain/vm/reason.ts'
import { fleetType } from '#contract/fleet.ts'
import { watchType } from '#contract/watch.ts'
import { vmLifecycleType } from '#contract/vm-lifecycle.ts'
import { submissionType } from '#contract/submission.ts'
import { faultKinds } from '../faults/all.ts'
import type { Books } from './books.ts'

/** A workflow task that failed so often fails for ever. */
const stuckAfter = 3

/** Kinds that end with what they are for; all others run as long as the site. */
const endsByItself = new Set<string>([vmLifecycleType, submissionType, 'imageSharing', 'imageUnsharing'])

/** Kinds that must never come to an end. */
const neverEnds = new Set<string>([fleetType, watchType])
const goesOn = new Set(['RUNNING', 'CONTINUED_AS_NEW'])

/** Whether somebody ended it in the web UI. */
const wasTerminated = ({ journal }: Books, target: string): boolean =>
  journal.some(({ what, kind, target: struck }) => what === 'fault' && struck === target && kind.endsWith('terminated'))

export function stuck(books: Books): string[] {
  return books.workflows.flatMap(({ id, type, status, attempt, failing, failedTasks }) => [
    ...(neverEnds.has(type) &&
    !goesOn.has(status) &&
    !(status === 'TERMINATED' && wasTerminated(books, `workflow/${id}`))
      ? [`workflow ${id} is ${status}`]
      : []),
    ...(status === 'RUNNING' && endsByItself.has(type) ? [`workflow ${id} still runs: ${failing.join('; ')}`] : []),
    ...(attempt >= stuckAfter ? [`the workflow task of ${id} has been tried ${attempt} times`] : []),
    ...(status === 'RUNNING' && !endsByItself.has(type) && failing.length > 0
      ? [`activities of ${id} fail: ${failing.join('; ')}`]
      : []),
    ...failedTasks.map((cause) => `a workflow task of ${id} failed: ${cause}`),
  ])
}

/** Every VM ended with a name for why, and one that says that something happened to it is right. */
export function namelessEnds(books: Books): string[] {
  const { workflows, clouds, journal } = books
  const active = new Set(clouds.flatMap(({ servers }) => servers.flatMap((s) => (s.activeAt === null ? [] : [s.name]))))
  return workflows
    .filter(({ type, status }) => type === vmLifecycleType && status !== 'RUNNING')
    .flatMap(({ id, status, reason }) => {
      // its server was adopted, or went by another fault: the books of the clouds tell
      if (status === 'TERMINATED' && wasTerminated(books, `vm/${id}`)) return []
      if (status !== 'COMPLETED' || !vmReasons.some((known) => known === reason))
        return [`${id} ended: ${status} ${reason}`]
      const mayClaim = faultKinds.filter(({ explains }) => explains?.includes(reason ?? '')).map(({ kind }) => kind)
      if (mayClaim.length === 0 || !active.has(id)) return []
      const happened = journal.some(
        ({ what, kind, target }) => what === 'fault' && target === `vm/${id}` && mayClaim.includes(kind),
      )
      return happened ? [] : [`${id} claims ${reason}, and nothing of the kind was done to it`]
    })
}
