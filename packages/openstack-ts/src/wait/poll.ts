import { OpenStackError } from '../error/openstack-error.ts'
import { abortedError } from '../transport/abortable.ts'
import { pause } from '../transport/retry.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface WaitOptions extends CallOptions {
  /** The longest to wait in all, in milliseconds. */
  deadlineMs: number
  /** Between two looks, in milliseconds. Default 2 s. */
  intervalMs?: number | undefined
  /** Told of each look: a heartbeat, a progress line. */
  onLook?: ((state: string) => void) | undefined
}

/** What one look found: done with a value, or still in some state. */
export type Look<T> = { done: T } | { state: string }

/**
 * Looks again and again until done or too late. A look that fails for a passing reason says nothing about the
 * resource: it is repeated, and told in the error if the deadline comes.
 *
 * @throws OpenStackError `WaitTimeout` that says what was waited for and what was last seen
 */
export async function poll<T>(
  service: string,
  what: string,
  look: () => Promise<Look<T>>,
  options: WaitOptions,
): Promise<T> {
  const { deadlineMs, intervalMs = 2000, signal } = options
  const end = performance.now() + deadlineMs
  let state = 'nothing'
  let cause: unknown
  for (;;) {
    if (signal?.aborted) throw abortedError(signal, service)
    try {
      const seen = await look()
      if ('done' in seen) return seen.done
      state = seen.state
      cause = undefined
    } catch (error) {
      if (!OpenStackError.is(error) || !error.retryable) throw error
      state = error.message
      cause = error
    }
    options.onLook?.(state)
    const left = end - performance.now()
    if (left <= 0) {
      throw new OpenStackError(
        `${service}: gave up waiting for ${what} after ${deadlineMs} ms; last seen: ${state}`,
        { code: 'WaitTimeout', service },
        { cause },
      )
    }
    await pause(Math.min(left, intervalMs), signal)
  }
}
