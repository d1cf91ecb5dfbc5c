import type { OpenStackError, Stage } from '../error/openstack-error.ts'

/** One try of a call. Carries neither headers nor bodies, so that nothing secret can reach a log. */
export interface RequestEvent {
  service: string
  /** What it is for: the call itself, or a token or the service's address before it. */
  stage: Stage
  method: string
  url: string
  globalRequestId: string
  /** 1 for the first try. */
  attempt: number
}

export interface ResponseEvent extends RequestEvent {
  /** Undefined if no answer came. */
  status: number | undefined
  requestId: string | undefined
  /** Until the reply was read, or its first part of one that is streamed. */
  durationMs: number
  error: OpenStackError | undefined
}

/** Called synchronously around each try, for logs and metrics. What they throw becomes a warning of the process. */
export interface Hooks {
  onRequest?: ((event: RequestEvent) => void) | undefined
  onResponse?: ((event: ResponseEvent) => void) | undefined
}

/** A hook that fails must not make a call fail that was made. */
export function tell<T>(hook: ((event: T) => void) | undefined, event: T): void {
  try {
    hook?.(event)
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error), 'OpenStackHookWarning')
  }
}
