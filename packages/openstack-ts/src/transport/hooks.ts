import type { OpenStackError } from '../error/openstack-error.ts'

/** One try of a call. Carries neither headers nor bodies, so that nothing secret can reach a log. */
export interface RequestEvent {
  service: string
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
  durationMs: number
  error: OpenStackError | undefined
}

/** Called synchronously around each try, for logs and metrics; they must not throw. */
export interface Hooks {
  onRequest?: ((event: RequestEvent) => void) | undefined
  onResponse?: ((event: ResponseEvent) => void) | undefined
}
