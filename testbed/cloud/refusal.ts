import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** A request that a service refuses; each service words it in its own form (error-body.ts). */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: ContentfulStatusCode
  /** Neutron's exception name. */
  readonly type: string
  readonly headers: Record<string, string>

  constructor(
    status: ContentfulStatusCode,
    message: string,
    options: { type?: string; headers?: Record<string, string> } = {},
  ) {
    super(message)
    this.status = status
    this.type = options.type ?? 'HTTPError'
    this.headers = options.headers ?? {}
  }
}

export const badRequest = (message: string): Refusal => new Refusal(400, message)
export const forbidden = (message: string): Refusal => new Refusal(403, message)
export const notFound = (message: string): Refusal => new Refusal(404, message)
export const conflict = (message: string): Refusal => new Refusal(409, message)
