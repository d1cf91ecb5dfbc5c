import { OpenStackError } from '../error/openstack-error.ts'
import { abortable, abortedError } from '../transport/abortable.ts'
import type { CallOptions } from '../transport/settings.ts'
import type { Token } from './token.ts'

/** Keeps one token for all calls of a client, and sees to it that only one call at a time asks for a new one. */
export class Authenticator {
  readonly #authenticate: () => Promise<Token>
  readonly #skewMs: number
  readonly #now: () => number
  #token: Token | undefined
  #renewAt = 0
  #flight: Promise<Token> | undefined

  /**
   * @param skewMs a token that expires within this time counts as expired; half of its lifetime, if that is shorter
   * @param now milliseconds of any clock that goes on: it need not agree with Keystone's
   */
  constructor(authenticate: () => Promise<Token>, skewMs: number, now: () => number) {
    this.#authenticate = authenticate
    this.#skewMs = skewMs
    this.#now = now
  }

  /** A token that is valid as far as this client knows. */
  async token(options: CallOptions = {}): Promise<Token> {
    if (options.signal?.aborted) throw abortedError(options.signal, 'identity')
    const token = this.#token
    if (token !== undefined && this.#now() < this.#renewAt) return token
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
      const { service, stage, method, url, status, requestId, globalRequestId, fault, body } = error
      throw new OpenStackError(
        `identity: the token was refused, and so was a new authentication: ${fault ?? error.message}`,
        { code: 'Unauthorized', service, stage, method, url, status, requestId, globalRequestId, fault, body },
        { cause: error },
      )
    }
  }

  #join(options: CallOptions): Promise<Token> {
    this.#flight ??= this.#fresh().finally(() => (this.#flight = undefined))
    return abortable(this.#flight, options.signal, 'identity')
  }

  async #fresh(): Promise<Token> {
    const asked = this.#now()
    const token = await this.#authenticate()
    this.#renewAt = asked + token.lifetimeMs - Math.min(this.#skewMs, token.lifetimeMs / 2)
    return (this.#token = token)
  }
}
