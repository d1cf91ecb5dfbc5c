import { OpenStackError, type ErrorCode } from './openstack-error.ts'

const hasCode =
  (...codes: readonly ErrorCode[]) =>
  (error: unknown): error is OpenStackError =>
    OpenStackError.is(error) && codes.includes(error.code)

/** The service has no such thing. A 404 on the way to the service, from what an address that is no Keystone names, says nothing of that. */
export const isNotFound = (error: unknown): error is OpenStackError =>
  OpenStackError.is(error) && error.code === 'NotFound' && error.stage === 'call'
export const isConflict = hasCode('Conflict')
/** A quota of the project, whichever service and status (403, 409, 413) said so. */
export const isQuotaExceeded = hasCode('QuotaExceeded')
/** The cloud has no room for such a server now: no fault of image or user. */
export const isNoValidHost = hasCode('NoValidHost')
/** Also with a fresh token, or a fresh token was refused. */
export const isUnauthorized = hasCode('Unauthorized')
export const isForbidden = hasCode('Forbidden')
/** The service cannot be reached or cannot answer at the moment. */
export const isUnavailable = hasCode('Unavailable', 'ConnectionFailed', 'ConnectionLost', 'Timeout')
/** The service asks for fewer requests: see `retryAfterMs`. */
export const isRateLimited = hasCode('TooManyRequests')
export const isAborted = hasCode('Aborted')
/** A waiter's deadline came; the message says what was seen last. */
export const isWaitTimeout = hasCode('WaitTimeout')
/** What was waited for cannot come any more. */
export const isResourceFailed = hasCode('ResourceFailed', 'NoValidHost', 'QuotaExceeded')

/** There is no token to be had: the credential was refused, or Keystone does not answer. The call was not made. */
export function isAuthenticationFailed(error: unknown): error is OpenStackError {
  return OpenStackError.is(error) && error.stage === 'authentication'
}

/** A POST or PATCH that may have acted although it failed: look before trying again. */
export function isAmbiguous(error: unknown): error is OpenStackError {
  if (!OpenStackError.is(error) || error.stage === 'authentication') return false
  return error.mayHaveActed && (error.method === 'POST' || error.method === 'PATCH')
}

/** The call's value, or undefined if the service says 404: for deletions and look-ups. */
export async function unlessNotFound<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
