import { OpenStackError } from '../error/openstack-error.ts'
import { abortable } from '../transport/abortable.ts'
import type { CallOptions } from '../transport/settings.ts'
import type { Token } from './token.ts'

/** Keeps one token for all calls of a client, and sees to it that only one call at a time asks for a new one. */
export class Authenticator {
  readonly #authenticate: () => Promise<Token>
  readonly #skewMs: number
  readonly #now: () => number
  #token: Token | undefined
  #flight: Promise<Token> | undefined

  /** @param skewMs a token that expires within this time counts as expired */
  constructor(authenticate: () => Promise<Token>, skewMs: number, now: () => number) {
    this.#authenticate = authenticate
    this.#skewMs = skewMs
    this.#now = now
  }

  /** A token that is valid as far as this client knows. */
  token(options: CallOptions = {}): Promise<Token> {
    const token = this.#token
    if (token !== undefined && this.#now() < token.expiresAt - this.#skewMs) return Promise.resolve(token)
    return this.#join(options)
  }

  /**
   * A token other than the one that a service refused. Many calls may come with the same refused token: the first one
   * authenticates, the others get its token.
   */
  async renew(refused: Token, options: CallOptions = {}): Promise<Token> {
    const token = this.#token
    if (token !== undefined && token.secret.reveal() !== refused.secret.reveal()) return token
    try {
      return await this.#join(options)
    } catch (error) {
      if (!OpenStackError.is(error) || error.code !== 'Unauthorized') throw error
      const { service, method, url, status, requestId, globalRequestId, fault, body } = error
      throw new OpenStackError(
        `identity: the token was refused, and so was a new authentication: ${fault ?? error.message}`,
        { code: 'Unauthorized', service, method, url, status, requestId, globalRequestId, fault, body },
        { cause: error },
      )
    }
  }

  #join(options: CallOptions): Promise<Token> {
    this.#flight ??= this.#authenticate()
      .then((token) => (this.#token = token))
      .finally(() => (this.#flight = undefined))
    return abortable(this.#flight, options.signal, 'identity')
  }
}
