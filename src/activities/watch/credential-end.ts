import type { CallOptions, OpenStack } from 'openstack-ts'
import { credentialFacts } from '#clouds/inspect.ts'
import { endsSoon } from '#domain/cloud-check/credential.ts'

const hour = 3_600_000
const day = 24 * hour

/** When the credential of a cloud ends: asked for every hour, and told once a day when that is soon. */
export class CredentialEnd {
  readonly #alarm: (note: string) => void
  #of: OpenStack | undefined
  #ends: number | undefined
  #asked = -Infinity
  #told = -Infinity

  constructor(alarm: (note: string) => void) {
    this.#alarm = alarm
  }

  /** @returns ms since 1970; nothing if it never ends, or if the cloud does not say */
  async look(cloud: OpenStack, now: number, options: CallOptions): Promise<number | undefined> {
    if (cloud !== this.#of) {
      // another connection has another credential
      this.#of = cloud
      this.#ends = undefined
      this.#asked = -Infinity
    }
    if (now - this.#asked < hour) return this.#ends
    this.#asked = now
    // what is not known now is what was known before: a look at servers is not lost for it
    const expires = await credentialFacts(cloud, options).then(
      (facts) => facts.expires,
      () => ({ unknown: 'not asked' }),
    )
    if (typeof expires === 'number') this.#ends = expires
    if (expires === 'never') this.#ends = undefined
    if (this.#ends !== undefined && endsSoon(this.#ends, now) && now - this.#told >= day) {
      this.#told = now
      this.#alarm(`the credential ends at ${new Date(this.#ends).toISOString()}: docs/rotate-credentials.md`)
    }
    return this.#ends
  }
}
