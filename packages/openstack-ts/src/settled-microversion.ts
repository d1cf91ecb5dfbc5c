import { compareMicroversions } from './discovery/microversion.ts'
import type { ServiceClient } from './transport/service-client.ts'
import type { CallOptions } from './transport/settings.ts'

/** The microversion of a client, and what can be asked for at it: a service ignores or refuses what it does not know yet. */
export class SettledMicroversion {
  readonly version: string
  readonly #client: ServiceClient

  constructor(client: ServiceClient, version: string) {
    this.#client = client
    this.version = version
  }

  /** Whether it is this one or newer. */
  has(version: string): boolean {
    return compareMicroversions(this.version, version) >= 0
  }

  /**
   * @param what what is asked for, e.g. `tags of a server`
   * @throws OpenStackError `MicroversionUnsupported` if it is older than `version`
   */
  needs(version: string, what: string): void {
    if (!this.has(version)) throw this.#unsupported(`${what} needs microversion ${version}`, 'newer')
  }

  /** @throws OpenStackError `MicroversionUnsupported` if it is `version` or newer, with which `what` has gone */
  endsBefore(version: string, what: string): void {
    if (this.has(version)) throw this.#unsupported(`${what} has gone with microversion ${version}`, 'older')
  }

  #unsupported(why: string, other: 'newer' | 'older'): Error {
    const next = `connect with ${other === 'newer' ? 'a newer' : 'an older'} one if the cloud has it`
    return this.#client.error('MicroversionUnsupported', `${why}, this client uses ${this.version}; ${next}`)
  }
}

/** Asks the cloud at most once. */
export async function settledMicroversion(client: ServiceClient, options: CallOptions): Promise<SettledMicroversion> {
  const { microversion } = await client.endpoint(options)
  return new SettledMicroversion(client, microversion ?? '0.0')
}
