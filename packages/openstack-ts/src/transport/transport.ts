import type { Readable } from 'node:stream'
import { request, type Dispatcher } from 'undici'
import { errorFromReply } from '../error/from-reply.ts'
import { OpenStackError } from '../error/openstack-error.ts'
import { errorFromConnection } from './connection-error.ts'
import type { Hooks } from './hooks.ts'
import { newRequestId, requestIdOf } from './request-id.ts'
import { mayRetry, pause, retryDelayMs } from './retry.ts'
import type { CallOptions, RetryPolicy, Timeouts } from './settings.ts'

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface HttpRequest extends CallOptions {
  service: string
  method: Method
  url: string
  headers: Readonly<Record<string, string>>
  body?: string | Uint8Array | Readable | undefined
  /** Statuses that are no error. */
  expect: readonly number[]
  /** Hand the body over as a stream instead of reading it. */
  stream?: boolean | undefined
  /** False for a body that can be sent only once; true for a POST that does no harm twice. */
  repeatable?: boolean | undefined
}

export interface HttpReply {
  status: number
  headers: Readonly<Record<string, string>>
  /** Empty if the body was asked for as a stream. */
  text: string
  body: Readable | undefined
  requestId: string | undefined
}

export interface TransportSettings {
  dispatcher: Dispatcher
  timeouts: Timeouts
  retry: RetryPolicy
  hooks: Hooks
  userAgent: string
}

/** HTTP with time limits, request ids, hooks, and a few quick repetitions of what may be repeated. */
export class Transport {
  readonly #settings: TransportSettings

  constructor(settings: TransportSettings) {
    this.#settings = settings
  }

  /** @throws OpenStackError for a status that is not expected, and when no answer came */
  async send(call: HttpRequest): Promise<HttpReply> {
    const globalRequestId = call.requestId ?? newRequestId()
    for (let retry = 0; ; retry++) {
      const outcome = await this.#observe(call, globalRequestId, retry + 1)
      if (!OpenStackError.is(outcome)) return outcome
      const repeatable = call.repeatable === true ? mayRetry('GET', outcome) : mayRetry(call.method, outcome)
      if (!repeatable || call.repeatable === false) throw outcome
      const delayMs = retryDelayMs(this.#settings.retry, retry, outcome.retryAfterMs, Math.random())
      if (delayMs === undefined) throw outcome
      await pause(delayMs, call.signal)
    }
  }

  async #observe(call: HttpRequest, globalRequestId: string, attempt: number): Promise<HttpReply | OpenStackError> {
    const { onRequest, onResponse } = this.#settings.hooks
    const event = { service: call.service, method: call.method, url: call.url, globalRequestId, attempt }
    onRequest?.(event)
    const started = performance.now()
    const outcome = await this.#attempt(call, globalRequestId)
    const error = OpenStackError.is(outcome) ? outcome : undefined
    const durationMs = Math.round(performance.now() - started)
    onResponse?.({ ...event, status: outcome.status, requestId: outcome.requestId, durationMs, error })
    return outcome
  }

  async #attempt(call: HttpRequest, globalRequestId: string): Promise<HttpReply | OpenStackError> {
    const { dispatcher, timeouts, userAgent } = this.#settings
    const deadline = call.timeoutMs === undefined ? undefined : AbortSignal.timeout(call.timeoutMs)
    const signals = [call.signal, deadline].filter((signal) => signal !== undefined)
    const { service, method, url } = call
    try {
      const answer = await request(url, {
        dispatcher,
        method,
        headers: { 'user-agent': userAgent, 'x-openstack-request-id': globalRequestId, ...call.headers },
        body: call.body ?? null,
        headersTimeout: timeouts.headersMs,
        bodyTimeout: timeouts.bodyMs,
        ...(signals.length > 0 ? { signal: AbortSignal.any(signals) } : {}),
      })
      const headers = flat(answer.headers)
      const expected = call.expect.includes(answer.statusCode)
      const asStream = expected && call.stream === true
      const text = asStream ? '' : await answer.body.text()
      const status = answer.statusCode
      const requestId = requestIdOf(headers)
      if (expected) return { status, headers, text, body: asStream ? answer.body : undefined, requestId }
      return errorFromReply({
        service,
        method,
        url,
        status,
        headers,
        text,
        requestId,
        globalRequestId,
        now: Date.now(),
      })
    } catch (cause) {
      return errorFromConnection(cause, { service, method, url, globalRequestId, signal: call.signal, deadline })
    }
  }
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const single: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) single[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return single
}
