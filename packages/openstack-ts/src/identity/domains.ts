import { z } from 'zod'
import { resource, text, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface Domain extends Resource {
  id: string
  name: string
  description: string | null
  enabled: boolean
}

const domain = resource(
  { id: z.string(), name: z.string(), description: text, enabled: z.boolean().default(true) },
  (body): Fields<Domain> => body,
)

const one = z.object({ domain }).transform((body) => body.domain)

/** Read only here. https://docs.openstack.org/api-ref/identity/v3/#domains */
export class Domains {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** For administrators. */
  list(
    filter: { name?: string | undefined; enabled?: boolean | undefined } = {},
    options: PageOptions = {},
  ): AsyncGenerator<Domain, void, undefined> {
    return paginate(this.#client, '/domains', 'domains', domain, { ...filter }, options)
  }

  show(id: string, options: CallOptions = {}): Promise<Domain> {
    return this.#client.get(path`/domains/${id}`, one, options)
  }
}
