import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { errorFromReply } from '../error/from-reply.ts'
import { OpenStackError, type Stage } from '../error/openstack-error.ts'
import { abortedError } from './abortable.ts'
import { errorFromConnection } from './connection-error.ts'
import { Exchange } from './exchange.ts'
import { tell, type Hooks } from './hooks.ts'
import { newRequestId, requestIdOf } from './request-id.ts'
import { mayRetry, pause, retryDelayMs } from './retry.ts'
import type { CallOptions, RetryPolicy, Timeouts } from './settings.ts'
import { followWithYoungGarbage } from './young-garbage.ts'

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface HttpRequest extends CallOptions {
  service: string
  /** What the request is for, if not the call itself. */
  stage?: Stage | undefined
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
      if (call.signal?.aborted) throw abortedError(call.signal, call.service)
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
    const { service, stage = 'call', method, url } = call
    const event = { service, stage, method, url, globalRequestId, attempt }
    tell(onRequest, event)
    const started = performance.now()
    const outcome = await this.#attempt(call, globalRequestId)
    const error = OpenStackError.is(outcome) ? outcome : undefined
    const durationMs = Math.round(performance.now() - started)
    tell(onResponse, { ...event, status: outcome.status, requestId: outcome.requestId, durationMs, error })
    return outcome
  }

  async #attempt(call: HttpRequest, globalRequestId: string): Promise<HttpReply | OpenStackError> {
    const { dispatcher, timeouts, userAgent } = this.#settings
    const { connectMs, headersMs, bodyMs } = call.timeouts ?? {}
    const deadline = call.timeoutMs === undefined ? undefined : AbortSignal.timeout(call.timeoutMs)
    const signals = [call.signal, deadline].filter((signal) => signal !== undefined)
    const { service, stage, method, url } = call
    const exchange = new Exchange()
    const lost = (cause: unknown): OpenStackError => {
      const { started } = exchange
      const attempt = { service, stage, method, url, globalRequestId, signal: call.signal, deadline, started }
      return errorFromConnection(cause, attempt)
    }
    try {
      const options = {
        method,
        headers: { 'user-agent': userAgent, 'x-openstack-request-id': globalRequestId, ...call.headers },
        body: call.body ?? null,
        headersTimeout: headersMs ?? timeouts.headersMs,
        bodyTimeout: bodyMs ?? timeouts.bodyMs,
      }
      const answer = await exchange.send(dispatcher, url, options, signals, connectMs)
      const headers = flat(answer.headers)
      const expected = call.expect.includes(answer.statusCode)
      const asStream = expected && call.stream === true
      const text = asStream ? '' : await answer.body.text()
      const status = answer.statusCode
      const requestId = requestIdOf(headers)
      if (expected)
        return { status, headers, text, body: asStream ? streamOf(answer.body, lost) : undefined, requestId }
      return errorFromReply({
        service,
        stage,
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
      return lost(cause)
    }
  }
}

/** The same pieces; an error that comes after the headers is the caller's as well. */
function streamOf(body: Readable, lost: (cause: unknown) => OpenStackError): Readable {
  async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const piece of body as AsyncIterable<Uint8Array>) {
        followWithYoungGarbage(piece)
        yield piece
      }
    } catch (cause) {
      throw lost(cause)
    }
  }
  return Readable.from(pieces(), { objectMode: false })
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const single: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) single[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return single
}
