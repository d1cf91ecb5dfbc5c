import { Context } from '@temporalio/activity'

/** A watch returns by itself before its activity's time is over, and is started anew. */
const roundMs = 24 * 3_600_000

/**
 * Looks again and again until cancelled or a day has passed. The heartbeat comes from the loop itself, so that a look that
 * hangs is noticed; each look must therefore be shorter than the heartbeat timeout.
 *
 * @param look does one look and returns how long to wait until the next, ms
 */
export async function watchLoop(look: (signal: AbortSignal) => Promise<number>): Promise<void> {
  const context = Context.current()
  const end = Date.now() + roundMs
  while (Date.now() < end) {
    context.heartbeat()
    const wait = await look(context.cancellationSignal)
    context.heartbeat()
    await context.sleep(wait)
  }
}
