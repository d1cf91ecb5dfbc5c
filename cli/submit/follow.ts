import type { Api, SubmissionProgress } from '#api/types.ts'
import { Problem, type ProblemData } from '#domain/problem.ts'
import type { Context } from '../command.ts'
import { createProgress } from '../render/progress.ts'
import { duration } from '../render/time.ts'
import { progressLine } from './view.ts'

interface Outcome {
  progress: SubmissionProgress
  /** Why it is no success. */
  problem: ProblemData | undefined
}

/**
 * Shows a submission's progress until its end.
 *
 * @param limit how long at most, in milliseconds since `begun`, a moment of `performance.now()`
 * @throws Problem `WaitTimeout`; the submission goes on all the same
 */
export const follow = async (
  context: Context,
  api: Api,
  id: string,
  limit: number | undefined,
  begun: number,
): Promise<Outcome> => {
  const left = limit === undefined ? undefined : Math.max(1, Math.round(limit - (performance.now() - begun)))
  const timeout = left === undefined ? undefined : AbortSignal.timeout(left)
  const signal = timeout === undefined ? context.signal : AbortSignal.any([context.signal, timeout])
  const progress = createProgress(context.streams.err)
  const look = `canfar-batch job list --submission ${id}`
  context.signal.addEventListener(
    'abort',
    () => {
      progress.end()
      context.note(`Stopped waiting; the submission goes on: ${look}`)
    },
    { once: true },
  )
  let last: SubmissionProgress | undefined
  try {
    for await (const state of api.watchSubmission(id, signal)) {
      last = state
      progress.update(progressLine(state))
      if (hasEnded(state)) break
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    progress.end()
  }
  if (last !== undefined && hasEnded(last)) return { progress: last, problem: problemOf(last, look) }
  const waited = timeout?.aborted === true && limit !== undefined
  throw new Problem({
    code: waited ? 'WaitTimeout' : 'WatchEnded',
    kind: 'unreachable',
    message: waited ? `not done after ${duration(limit)}; it goes on` : 'its progress is no longer told; it goes on',
    where: id,
    next: look,
  })
}

const hasEnded = ({ state }: SubmissionProgress): boolean =>
  state === 'done' || state === 'failed' || state === 'removed'

const problemOf = ({ state, counts, problem }: SubmissionProgress, look: string): ProblemData | undefined => {
  if (problem !== undefined) return problem
  if (state === 'done' && counts.failed === 0 && counts.removed === 0) return undefined
  const parts = [`${counts.completed} completed`, `${counts.failed} failed`, `${counts.removed} removed`]
  return {
    code: state === 'removed' ? 'SubmissionRemoved' : 'JobsFailed',
    kind: 'failure',
    message: `not every job succeeded: ${parts.join(', ')}`,
    next: `${look} --all`,
  }
}
