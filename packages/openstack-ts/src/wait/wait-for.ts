import { OpenStackError } from '../error/openstack-error.ts'
import { isAborted } from '../error/predicates.ts'
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

/** The last look is made at the deadline, and may take so long. */
const LAST_LOOK_MS = 1000

/**
 * Looks again and again until done or too late. A look that fails for a passing reason says nothing about the
 * resource: it is repeated, and told in the error if the deadline comes. A look that hangs ends with the deadline.
 *
 * @param service whose resource it is, for errors: `compute`
 * @param what the rest of "gave up waiting for …"
 * @param look makes its calls with the options that it is given
 * @throws what the look throws, if it is no passing failure
 * @throws OpenStackError `WaitTimeout` that says what was waited for and what was last seen; `Aborted`
 *
 * @example
 * const router = await waitFor('network', `router ${id} to be ACTIVE`, async (call) => {
 *   const { router } = await network.get(`/routers/${id}`, schema, call)
 *   return router.status === 'ACTIVE' ? { done: router } : { state: router.status }
 * }, { deadlineMs: 60_000 })
 */
export async function waitFor<T>(
  service: string,
  what: string,
  look: (call: CallOptions) => Promise<Look<T>>,
  options: WaitOptions,
): Promise<T> {
  const { deadlineMs, intervalMs = 2000, onLook, signal, ...call } = options
  const end = performance.now() + deadlineMs
  let state = 'nothing'
  let cause: unknown
  for (;;) {
    if (signal?.aborted) throw abortedError(signal, service)
    const limit = AbortSignal.timeout(Math.max(LAST_LOOK_MS, Math.ceil(end - performance.now())))
    try {
      const seen = await look({ ...call, signal: signal === undefined ? limit : AbortSignal.any([signal, limit]) })
      if ('done' in seen) return seen.done
      state = seen.state
      cause = undefined
    } catch (error) {
      const hung = limit.aborted && signal?.aborted !== true && isAborted(error)
      if (!hung && (!OpenStackError.is(error) || !error.retryable)) throw error
      state = hung ? `${state}, then no answer` : error.message
      cause = error
    }
    onLook?.(state)
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
