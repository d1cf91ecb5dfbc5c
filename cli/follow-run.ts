import { Problem } from '#domain/problem.ts'
import type { Context } from './command.ts'
import { createProgress } from './render/progress.ts'

export interface Followed<Status> {
  workflowId: string
  /** Goes before each line of progress: a cloud. */
  subject: string
  /** What goes on when the waiting ends: `the copying`. */
  what: string
  /** The command that shows it again. */
  again: string
  statuses: AsyncIterable<Status>
  /** There is nothing more to wait for. */
  isEnough: (status: Status) => boolean
}

/**
 * Shows how a workflow gets on, until it is far enough; Ctrl-C ends the waiting only.
 * @throws Problem `WatchEnded`
 */
export async function followRun<Status extends { message: string }>(
  context: Context,
  { workflowId, subject, what, again, statuses, isEnough }: Followed<Status>,
): Promise<Status> {
  const progress = createProgress(context.streams.err)
  context.signal.addEventListener(
    'abort',
    () => {
      progress.end()
      context.note(`Stopped waiting; ${what} goes on: ${again}`)
    },
    { once: true },
  )
  try {
    for await (const status of statuses) {
      progress.update(`${subject} | ${status.message}`)
      if (isEnough(status)) return status
    }
  } catch (error) {
    if (!context.signal.aborted) throw error
  } finally {
    progress.end()
  }
  throw new Problem({
    code: 'WatchEnded',
    kind: 'unreachable',
    where: workflowId,
    message: 'its progress is no longer told; it goes on',
    next: again,
  })
}
