/** What went wrong, stable; callers may switch on it. */
export type ErrorCode =
  // the service answered
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'Conflict'
  | 'QuotaExceeded'
  | 'NoValidHost'
  | 'TooManyRequests'
  | 'Unavailable'
  | 'ServerFailure'
  | 'UnexpectedStatus'
  | 'BadReply'
  // it did not
  | 'ConnectionFailed'
  | 'ConnectionLost'
  | 'TlsRefused'
  | 'Timeout'
  | 'Aborted'
  // it was not asked
  | 'EndpointNotFound'
  | 'MicroversionUnsupported'
  | 'InvalidRequest'
  // a resource did not become what was waited for
  | 'ResourceFailed'
  | 'WaitTimeout'

/**
 * What failed: the call itself, or what had to go before it. A call that failed for its token may have sent two
 * requests: `authentication` means that there was no other token to be had, `call` that the new one did not help.
 */
export type Stage = 'authentication' | 'discovery' | 'call'

export interface ErrorDetails {
  code: ErrorCode
  /** Service type, e.g. `compute`. */
  service: string
  /** Default `call`. */
  stage?: Stage | undefined
  method?: string | undefined
  url?: string | undefined
  status?: number | undefined
  /** The service's own id of the request, for its operators. */
  requestId?: string | undefined
  /** The id that was sent with the request; several services may log it. */
  globalRequestId?: string | undefined
  /** The same request may succeed later. Says nothing about whether the first one acted: see {@link isAmbiguous}. */
  retryable?: boolean | undefined
  /** How long the service asked to wait, in milliseconds. */
  retryAfterMs?: number | undefined
  /** The service's own words, taken out of its fault body. */
  fault?: string | undefined
  /** The fault body as received, cut at 4 KiB. */
  body?: string | undefined
  /** The request had been handed to the network and may have acted although no clear answer came. */
  mayHaveActed?: boolean | undefined
}

const BRAND = Symbol.for('openstack-ts.OpenStackError')

/** Every failure of a call to OpenStack. */
export class OpenStackError extends Error {
  override readonly name = 'OpenStackError'
  readonly [BRAND] = true
  readonly code: ErrorCode
  readonly service: string
  readonly stage: Stage
  readonly method: string | undefined
  readonly url: string | undefined
  readonly status: number | undefined
  readonly requestId: string | undefined
  readonly globalRequestId: string | undefined
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly fault: string | undefined
  readonly body: string | undefined
  readonly mayHaveActed: boolean

  constructor(message: string, details: ErrorDetails, options?: ErrorOptions) {
    super(message, options)
    this.code = details.code
    this.service = details.service
    this.stage = details.stage ?? 'call'
    this.method = details.method
    this.url = details.url
    this.status = details.status
    this.requestId = details.requestId
    this.globalRequestId = details.globalRequestId
    this.retryable = details.retryable ?? false
    this.retryAfterMs = details.retryAfterMs
    this.fault = details.fault
    this.body = details.body
    this.mayHaveActed = details.mayHaveActed ?? false
  }

  /** By brand, so that two copies of this package recognise each other's errors. */
  static is(error: unknown): error is OpenStackError {
    return typeof error === 'object' && error !== null && BRAND in error
  }
}
