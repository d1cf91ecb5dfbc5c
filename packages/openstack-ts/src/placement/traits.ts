import { z } from 'zod'
import { strings } from '../schema.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

const traits = z.object({ traits: strings }).transform((body) => body.traits)

/** What hosts can be. https://docs.openstack.org/api-ref/placement/#traits */
export class Traits {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** @param filter `prefix`: those that begin so; `associated`: those that a provider has */
  list(
    filter: { prefix?: string | undefined; associated?: boolean | undefined } = {},
    options: CallOptions = {},
  ): Promise<string[]> {
    const name = filter.prefix === undefined ? undefined : `startswith:${filter.prefix}`
    return this.#client.get('/traits', traits, { ...options, query: { name, associated: filter.associated } })
  }
}
