import { z } from 'zod'
import { text } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface FloatingIp {
  id: string
  address: string
  /** Network that it was taken from. */
  networkId: string
  /** Port that it leads to; null while it leads nowhere. */
  portId: string | null
  fixedAddress: string | null
  status: string | null
  projectId: string | null
  description: string | null
}

export interface FloatingIpFilter {
  portId?: string | undefined
  address?: string | undefined
  status?: string | undefined
}

export interface FloatingIpCreate {
  /** Id of an external network. */
  networkId: string
  portId?: string | undefined
  description?: string | undefined
}

const floatingIp = z
  .object({
    id: z.string(),
    floating_ip_address: z.string(),
    floating_network_id: z.string(),
    port_id: text,
    fixed_ip_address: text,
    status: text,
    project_id: text,
    tenant_id: text,
    description: text,
  })
  .transform((body): FloatingIp => ({
    id: body.id,
    address: body.floating_ip_address,
    networkId: body.floating_network_id,
    portId: body.port_id,
    fixedAddress: body.fixed_ip_address,
    status: body.status,
    projectId: body.project_id ?? body.tenant_id,
    description: body.description,
  }))

const one = z.object({ floatingip: floatingIp }).transform((body) => body.floatingip)

export class FloatingIps {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(filter: FloatingIpFilter = {}, options: PageOptions = {}): AsyncGenerator<FloatingIp, void, undefined> {
    const query = { port_id: filter.portId, floating_ip_address: filter.address, status: filter.status }
    return paginate(this.#client, '/floatingips', 'floatingips', floatingIp, query, options)
  }

  create(create: FloatingIpCreate, options: CallOptions = {}): Promise<FloatingIp> {
    const { networkId, portId, description } = create
    const body = { floatingip: { floating_network_id: networkId, port_id: portId, description } }
    return this.#client.post('/floatingips', body, one, options)
  }

  /** Leads it to a port, or to none. */
  assign(id: string, portId: string | null, options: CallOptions = {}): Promise<FloatingIp> {
    return this.#client.put(path`/floatingips/${id}`, { floatingip: { port_id: portId } }, one, options)
  }

  /** Gives it back to the cloud. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/floatingips/${id}`, options)
  }
}
