import type { Readable } from 'node:stream'
import type { ZodType } from 'zod'
import type { Authenticator } from '../auth/authenticator.ts'
import type { Token } from '../auth/token.ts'
import { OpenStackError, type ErrorDetails } from '../error/openstack-error.ts'
import { parseJson } from '../json.ts'
import { abortable } from './abortable.ts'
import { queryString, type Query } from './path.ts'
import type { CallOptions } from './settings.ts'
import type { HttpReply, Method, Transport } from './transport.ts'

export interface ServiceCall extends CallOptions {
  query?: Query | undefined
  /** Sent as JSON. */
  json?: unknown
  /** Sent as it is, with `contentType`. */
  body?: string | Uint8Array | Readable | undefined
  contentType?: string | undefined
  accept?: string | undefined
  /** Further headers of this call, e.g. `If-Match` or `Range`. */
  headers?: Readonly<Record<string, string>> | undefined
  /** Statuses that are no error; by default 200, 201, 202, 203 and 204. */
  expect?: readonly number[] | undefined
  stream?: boolean | undefined
  repeatable?: boolean | undefined
}

/** What a service is spoken to through: where it is, and the headers (microversion) that each request carries. */
export interface Endpoint {
  url: string
  headers: Readonly<Record<string, string>>
  /** Negotiated microversion, where the service has them. */
  microversion: string | undefined
}

const SUCCESS = [200, 201, 202, 203, 204]

/** One service of one cloud: adds token, endpoint and microversion, and renews the token once if it is refused. */
export class ServiceClient {
  readonly service: string
  readonly #transport: Transport
  readonly #authenticator: Authenticator
  readonly #locate: (token: Token, options: CallOptions) => Promise<Endpoint>
  #endpoint: Promise<Endpoint> | undefined

  constructor(
    service: string,
    transport: Transport,
    authenticator: Authenticator,
    locate: (token: Token, options: CallOptions) => Promise<Endpoint>,
  ) {
    this.service = service
    this.#transport = transport
    this.#authenticator = authenticator
    this.#locate = locate
  }

  async get<T>(path: string, schema: ZodType<T>, call: ServiceCall = {}): Promise<T> {
    return this.parse(await this.request('GET', path, call), schema, 'GET', path)
  }

  async post<T>(path: string, json: unknown, schema: ZodType<T>, call: ServiceCall = {}): Promise<T> {
    return this.parse(await this.request('POST', path, { ...call, json }), schema, 'POST', path)
  }

  async put<T>(path: string, json: unknown, schema: ZodType<T>, call: ServiceCall = {}): Promise<T> {
    return this.parse(await this.request('PUT', path, { ...call, json }), schema, 'PUT', path)
  }

  async patch<T>(path: string, json: unknown, schema: ZodType<T>, call: ServiceCall = {}): Promise<T> {
    return this.parse(await this.request('PATCH', path, { ...call, json }), schema, 'PATCH', path)
  }

  async delete(path: string, call: ServiceCall = {}): Promise<void> {
    await this.request('DELETE', path, call)
  }

  /** @throws OpenStackError */
  async request(method: Method, path: string, call: ServiceCall = {}): Promise<HttpReply> {
    const token = await this.#authenticator.token(call)
    try {
      return await this.#send(token, method, path, call)
    } catch (error) {
      // A refused token means that nothing was done, so that even a POST may be sent again; a spent stream may not.
      const spent = call.body !== undefined && typeof call.body !== 'string' && !(call.body instanceof Uint8Array)
      if (!OpenStackError.is(error) || error.status !== 401 || spent) throw error
    }
    return this.#send(await this.#authenticator.renew(token, call), method, path, call)
  }

  /** Where the service is; found and negotiated once. */
  async endpoint(call: CallOptions = {}): Promise<Endpoint> {
    const token = await this.#authenticator.token(call)
    return this.#located(token, call)
  }

  /** @throws OpenStackError `BadReply` if the body is not what the schema says */
  parse<T>(reply: HttpReply, schema: ZodType<T>, method: Method, path: string): T {
    const result = schema.safeParse(parseJson(reply.text))
    if (result.success) return result.data
    const issue = result.error.issues[0]
    const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`
    throw this.error('BadReply', `${method} ${path} answered something unexpected${where}: ${issue?.message ?? ''}`, {
      method,
      status: reply.status,
      requestId: reply.requestId,
      body: reply.text.slice(0, 4096),
      mayHaveActed: true,
    })
  }

  /** An error of this service, for what the resources find out themselves. */
  error(code: ErrorDetails['code'], message: string, details: Partial<ErrorDetails> = {}): OpenStackError {
    return new OpenStackError(`${this.service}: ${message}`, { ...details, code, service: this.service })
  }

  async #send(token: Token, method: Method, path: string, call: ServiceCall): Promise<HttpReply> {
    const { query, json, contentType, accept = 'application/json', headers, expect = SUCCESS, ...rest } = call
    const endpoint = await this.#located(token, call)
    const body = json === undefined ? call.body : JSON.stringify(json)
    const type = contentType ?? (json === undefined ? undefined : 'application/json')
    return this.#transport.send({
      ...rest,
      service: this.service,
      method,
      url: `${endpoint.url}${path}${query === undefined ? '' : queryString(query)}`,
      headers: {
        accept,
        'x-auth-token': token.secret.reveal(),
        ...endpoint.headers,
        ...headers,
        ...(type === undefined ? {} : { 'content-type': type }),
      },
      body,
      expect,
    })
  }

  #located(token: Token, call: CallOptions): Promise<Endpoint> {
    // Shared by all calls: one caller's abort must not end it for the others.
    this.#endpoint ??= this.#locate(token, { requestId: call.requestId }).catch((error: unknown) => {
      this.#endpoint = undefined
      throw error
    })
    return abortable(this.#endpoint, call.signal, this.service)
  }
}
