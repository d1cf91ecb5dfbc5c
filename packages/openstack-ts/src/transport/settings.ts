/** Limits in milliseconds. */
export interface Timeouts {
  /** Until the connection stands. Default 10 s. */
  connectMs: number
  /** From the request sent to the first of the reply. Default 60 s: Nova's create call may take that long. */
  headersMs: number
  /** Between two pieces of a body. Default 60 s. */
  bodyMs: number
}

export interface RetryPolicy {
  /** Further tries after the first. Default 2: long patience is the caller's. */
  retries: number
  /** Default 250 ms; doubles with each try. */
  baseDelayMs: number
  /** Default 5 s; a longer `Retry-After` is not waited for but handed to the caller in `retryAfterMs`. */
  maxDelayMs: number
}

export const DEFAULT_TIMEOUTS: Timeouts = { connectMs: 10_000, headersMs: 60_000, bodyMs: 60_000 }
export const DEFAULT_RETRY: RetryPolicy = { retries: 2, baseDelayMs: 250, maxDelayMs: 5_000 }

/** What each single call may set. */
export interface CallOptions {
  /** Aborts the call, its waits and its tries; the error has code `Aborted` and the signal's reason as its cause. */
  signal?: AbortSignal | undefined
  /** Limit of one try as a whole, in milliseconds: connection, reply and body. */
  timeoutMs?: number | undefined
  /**
   * Other limits than the client's for this call. `connectMs` is then the longest to wait for a connection, also for
   * one of the client's own to become free.
   */
  timeouts?: Partial<Timeouts> | undefined
  /** Sent as `X-Openstack-Request-Id`; must look like `req-<uuid>`. Default: a new one for each call. */
  requestId?: string | undefined
}
