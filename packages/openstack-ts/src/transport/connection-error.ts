import { OpenStackError, type ErrorCode, type Stage } from '../error/openstack-error.ts'

/** Errors that mean that nothing was sent, although the request had a connection to a proxy. */
const NOT_CONNECTED = new Set([
  'UND_ERR_INVALID_ARG',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
])

const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/
const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

export interface Attempt {
  service: string
  method: string
  url: string
  globalRequestId: string
  /** The caller's signal, and the one of the try's own time limit. */
  signal: AbortSignal | undefined
  deadline: AbortSignal | undefined
  /** Whether it was handed to a connection. */
  started: boolean
  stage?: Stage | undefined
}

/** The error that a failed exchange stands for. What cannot be proved unsent counts as sent. */
export function errorFromConnection(cause: unknown, attempt: Attempt): OpenStackError {
  const { service, stage, method, url, globalRequestId } = attempt
  const code = codeOf(cause, attempt)
  const sent = attempt.started && code !== 'ConnectionFailed' && code !== 'TlsRefused'
  const reason = code === 'Aborted' ? attempt.signal?.reason : cause
  const hint = code === 'TlsRefused' ? '; a private certificate authority goes into `cacert`' : ''
  return new OpenStackError(
    `${service}: ${method} ${new URL(url).host}${new URL(url).pathname}: ${WORDS[code] ?? code}: ${textOf(reason)}${hint}`,
    {
      code,
      service,
      stage,
      method,
      url,
      globalRequestId,
      retryable: code !== 'Aborted' && code !== 'TlsRefused',
      mayHaveActed: sent,
    },
    { cause: reason },
  )
}

const WORDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  ConnectionFailed: 'cannot connect',
  ConnectionLost: 'connection lost',
  TlsRefused: 'certificate refused',
  Timeout: 'no answer in time',
  Aborted: 'aborted',
}

function codeOf(cause: unknown, attempt: Attempt): ErrorCode {
  if (attempt.signal?.aborted) return 'Aborted'
  if (attempt.deadline?.aborted) return 'Timeout'
  const code = errorCode(cause)
  if (TLS.test(code)) return 'TlsRefused'
  if (!attempt.started || NOT_CONNECTED.has(code)) return 'ConnectionFailed'
  return TIMEOUTS.has(code) ? 'Timeout' : 'ConnectionLost'
}

function errorCode(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

function textOf(reason: unknown): string {
  return reason instanceof Error ? reason.message || errorCode(reason) || reason.name : String(reason)
}
