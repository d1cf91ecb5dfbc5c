import type { ErrorCode } from './openstack-error.ts'

const NO_VALID_HOST = /no valid host/i
const QUOTA =
  /quota exceeded|over ?quota|exceed\w* (the )?quota|exceeds allowed [\w ]*quota|maximum number of \w+ (\w+ )?(\(\d+\) )?exceeded|image_\w+_total is over limit/i

/** What a service's own words say beyond its status: the same words come with different statuses, and in a server's fault. */
export function codeOfFault(message: string, type?: string): 'NoValidHost' | 'QuotaExceeded' | undefined {
  if (NO_VALID_HOST.test(message)) return 'NoValidHost'
  if (type === 'OverQuota' || QUOTA.test(message)) return 'QuotaExceeded'
  return undefined
}

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'NotFound',
  // what was to be changed has been changed by somebody else meanwhile
  412: 'Conflict',
  413: 'BadRequest',
  429: 'TooManyRequests',
  502: 'Unavailable',
  503: 'Unavailable',
  504: 'Unavailable',
}

export function codeOfStatus(status: number): ErrorCode {
  return CODES[status] ?? (status >= 500 ? 'ServerFailure' : status >= 400 ? 'BadRequest' : 'UnexpectedStatus')
}
