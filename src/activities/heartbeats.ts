import { Context } from '@temporalio/activity'

/** Well below every heartbeat timeout; the SDK holds back what is more than it needs. */
const beatMs = 2000

const kept = new WeakMap<Context, unknown>()

/** What this attempt has found out, or else what an earlier one had; `undefined` if neither has. */
export function remembered(): unknown {
  const context = Context.current()
  return kept.get(context) ?? context.info.heartbeatDetails
}

/** What the next attempt shall know, should this one be lost: every heartbeat carries it from now on. */
export function remember(details: unknown): void {
  kept.set(Context.current(), details)
  beat()
}

/** One heartbeat, which takes nothing from what is remembered: the last one's details are all that the next attempt gets. */
export function beat(): void {
  Context.current().heartbeat(remembered())
}

/**
 * The same activities, heard of for as long as they run: what a killed worker process leaves behind is taken up again after
 * the heartbeat timeout instead of the whole time that the activity might have taken, and a cancellation reaches them. One
 * that hangs still ends by its start-to-close timeout. Not for the watches: their heartbeats say that they look.
 */
export function withHeartbeats<T extends object>(activities: T): T {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (...args: unknown[]) => {
      const timer = setInterval(beat, beatMs)
      try {
        return await (activity as (...args: unknown[]) => Promise<unknown>)(...args)
      } finally {
        clearInterval(timer)
      }
    },
  ])
  return Object.fromEntries(wrapped) as T
}
