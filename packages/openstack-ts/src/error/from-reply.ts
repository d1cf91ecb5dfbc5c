import { codeOfFault, codeOfStatus } from './fault-code.ts'
import { parseFault } from './fault.ts'
import { OpenStackError, type Stage } from './openstack-error.ts'
import { retryAfterMs } from './retry-after.ts'

const BODY_LIMIT = 4096

export interface FailedReply {
  service: string
  stage?: Stage | undefined
  method: string
  url: string
  status: number
  headers: Readonly<Record<string, string>>
  text: string
  requestId: string | undefined
  globalRequestId: string
  now: number
}

/** The error that an unexpected status stands for. */
export function errorFromReply(reply: FailedReply): OpenStackError {
  const { service, method, url, status } = reply
  const fault = parseFault(reply.text)
  // Only a refusal can be about quota: a 500 that mentions one is still a failure of the service.
  const refined =
    fault !== undefined && status >= 400 && status < 500 ? codeOfFault(fault.message, fault.type) : undefined
  const code = refined ?? codeOfStatus(status)
  const said = fault?.message ?? 'no explanation'
  const id = reply.requestId === undefined ? '' : ` [${reply.requestId}]`
  return new OpenStackError(`${service}: ${method} ${new URL(url).pathname} answered ${status}: ${said}${id}`, {
    code,
    service,
    stage: reply.stage,
    method,
    url,
    status,
    requestId: reply.requestId,
    globalRequestId: reply.globalRequestId,
    retryable: code !== 'QuotaExceeded' && (status === 429 || status >= 500) && status !== 501,
    retryAfterMs: retryAfterMs(reply.headers['retry-after'], reply.now),
    fault: fault?.message,
    body: reply.text.slice(0, BODY_LIMIT),
    // 503 and 429 refuse before anything is done; a gateway's 502 or 504 says nothing of what the service did.
    mayHaveActed: status >= 500 && status !== 503 && status !== 501,
  })
}
