import { tokenBody, tokenFrom, type Token } from '../auth/token.ts'
import type { Secret } from '../cloud-config/secret.ts'
import { unlessNotFound } from '../error/predicates.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** What Keystone says about a token that somebody else showed. */
export type TokenDetails = Omit<Token, 'secret' | 'lifetimeMs'>

/** https://docs.openstack.org/api-ref/identity/v3/#validate-and-show-information-for-token */
export class Tokens {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /**
   * Tokens of others than oneself are for administrators and services.
   *
   * @returns undefined if it is not valid, or not any more
   */
  async validate(token: Secret, options: CallOptions = {}): Promise<TokenDetails | undefined> {
    const headers = { 'x-subject-token': token.reveal() }
    const reply = await unlessNotFound(this.#client.request('GET', '/auth/tokens', { ...options, headers }))
    if (reply === undefined) return undefined
    const body = this.#client.parse(reply, tokenBody, 'GET', '/auth/tokens')
    const { secret: _, lifetimeMs: __, ...details } = tokenFrom(token.reveal(), body, reply.headers['date'])
    return details
  }

  /** @throws OpenStackError `NotFound` if it is not valid any more */
  async revoke(token: Secret, options: CallOptions = {}): Promise<void> {
    await this.#client.delete('/auth/tokens', { ...options, headers: { 'x-subject-token': token.reveal() } })
  }
}
