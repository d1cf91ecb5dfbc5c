import { z } from 'zod'
import { flag, strings, text } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface NetworkDetails {
  id: string
  name: string
  status: string | null
  projectId: string | null
  shared: boolean
  /** Floating IPs come from it. */
  external: boolean
  subnetIds: string[]
  mtu: number | null
}

export interface NetworkFilter {
  /** Exact; several networks may have one name. */
  name?: string | undefined
  external?: boolean | undefined
  shared?: boolean | undefined
}

const network = z
  .object({
    id: z.string(),
    name: z.string(),
    status: text,
    project_id: text,
    tenant_id: text,
    shared: flag,
    'router:external': flag,
    subnets: strings,
    mtu: z.number().nullish(),
  })
  .transform((body): NetworkDetails => ({
    id: body.id,
    name: body.name,
    status: body.status,
    projectId: body.project_id ?? body.tenant_id,
    shared: body.shared ?? false,
    external: body['router:external'] ?? false,
    subnetIds: body.subnets,
    mtu: body.mtu ?? null,
  }))

const one = z.object({ network }).transform((body) => body.network)

export class Networks {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(filter: NetworkFilter = {}, options: PageOptions = {}): AsyncGenerator<NetworkDetails, void, undefined> {
    const query = { name: filter.name, 'router:external': filter.external, shared: filter.shared }
    return paginate(this.#client, '/networks', 'networks', network, query, options)
  }

  show(id: string, options: CallOptions = {}): Promise<NetworkDetails> {
    return this.#client.get(path`/networks/${id}`, one, options)
  }
}
