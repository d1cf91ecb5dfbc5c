import { Context } from '@temporalio/activity'

/** Well below every heartbeat timeout; the SDK holds back what is more than it needs. */
const beatMs = 2000

/**
 * The same activities, heard of for as long as they run: what a killed worker process leaves behind is taken up again after
 * the heartbeat timeout instead of the whole time that the activity might have taken, and a cancellation reaches them. One
 * that hangs still ends by its start-to-close timeout. Not for the watches: their heartbeats say that they look.
 */
export function withHeartbeats<T extends object>(activities: T): T {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (...args: unknown[]) => {
      const context = Context.current()
      const beat = setInterval(() => context.heartbeat(), beatMs)
      try {
        return await (activity as (...args: unknown[]) => Promise<unknown>)(...args)
      } finally {
        clearInterval(beat)
      }
    },
  ])
  return Object.fromEntries(wrapped) as T
}
