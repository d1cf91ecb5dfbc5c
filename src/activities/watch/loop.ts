import { Context } from '@temporalio/activity'

/** A watch returns by itself before its activity's time is over, and is started anew. */
const roundMs = 24 * 3_600_000

/** What one look leaves: how long to wait until the next, ms, and what it saw, for whoever describes the watch. */
export interface Look<Seen> {
  wait: number
  seen: Seen
}

/**
 * Looks again and again until cancelled or a day has passed. The heartbeat comes from the loop itself, so that a look that
 * hangs is noticed; each look must therefore be shorter than the heartbeat timeout.
 */
export async function watchLoop<Seen>(look: (signal: AbortSignal) => Promise<Look<Seen>>): Promise<void> {
  const context = Context.current()
  const end = performance.now() + roundMs
  let seen: Seen | undefined
  while (performance.now() < end) {
    context.heartbeat(seen)
    const { wait, seen: now } = await look(context.cancellationSignal)
    seen = now
    context.heartbeat(seen)
    await context.sleep(wait)
  }
}
