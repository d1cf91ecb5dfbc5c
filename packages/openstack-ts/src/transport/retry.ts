import { setTimeout as delay } from 'node:timers/promises'
import type { OpenStackError } from '../error/openstack-error.ts'
import type { RetryPolicy } from './settings.ts'

const REPEATABLE = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])
const STATUSES = new Set([429, 502, 503, 504])

/** Whether this client may send the same request again by itself: only what does no harm twice. */
export function mayRetry(method: string, error: OpenStackError): boolean {
  if (!REPEATABLE.has(method) || !error.retryable) return false
  return error.status === undefined || STATUSES.has(error.status)
}

/**
 * How long to wait before the next try, in milliseconds; undefined to give up.
 *
 * @param retry 0 before the first repetition
 * @param random in [0, 1): full jitter, so that many clients do not come back at once
 */
export function retryDelayMs(
  policy: RetryPolicy,
  retry: number,
  retryAfterMs: number | undefined,
  random: number,
): number | undefined {
  if (retry >= policy.retries) return undefined
  const ceiling = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** retry)
  const jitter = Math.floor(random * ceiling)
  if (retryAfterMs === undefined) return jitter
  return retryAfterMs > policy.maxDelayMs ? undefined : retryAfterMs + Math.floor(random * policy.baseDelayMs)
}

/** Ends early, without an error, when the signal fires: the next step sees the signal itself. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
}
