import type { CallOptions, OpenStack } from 'openstack-ts'
import { credentialFacts } from '#clouds/inspect.ts'
import { endsSoon } from '#domain/cloud-check/credential.ts'

const hour = 3_600_000
const day = 24 * hour

/** ms since 1970 */
interface Known {
  /** Absent if it never ends, or if the cloud does not say. */
  credentialEnds?: number
  /** When a rotation made it; absent if none did. */
  credentialMade?: number
}

/** When the credential of a cloud ends: asked for every hour, and told once a day when that is soon. */
export class CredentialEnd {
  readonly #alarm: (note: string) => void
  #of: OpenStack | undefined
  #known: Known = {}
  #asked = -Infinity
  #told = -Infinity

  constructor(alarm: (note: string) => void) {
    this.#alarm = alarm
  }

  async look(cloud: OpenStack, now: number, options: CallOptions): Promise<Known> {
    if (cloud !== this.#of) {
      // another connection has another credential
      this.#of = cloud
      this.#known = {}
      this.#asked = -Infinity
    }
    if (now - this.#asked < hour) return this.#known
    this.#asked = now
    // what is not known now is what was known before: a look at servers is not lost for it
    const facts = await credentialFacts(cloud, options).catch(() => undefined)
    const ends = facts?.expires
    if (facts?.made !== undefined) this.#known = { ...this.#known, credentialMade: facts.made }
    if (typeof ends === 'number') this.#known = { ...this.#known, credentialEnds: ends }
    if (ends === 'never') delete this.#known.credentialEnds
    const { credentialEnds } = this.#known
    if (credentialEnds !== undefined && endsSoon(credentialEnds, now) && now - this.#told >= day) {
      this.#told = now
      this.#alarm(`the credential ends at ${new Date(credentialEnds).toISOString()}: docs/rotate-credentials.md`)
    }
    return this.#known
  }
}
