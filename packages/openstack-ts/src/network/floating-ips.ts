import { z } from 'zod'
import { number, resource, strings, text, time, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { withRevision, type UpdateOptions } from './revision.ts'

export interface FloatingIp extends Resource {
  id: string
  address: string
  /** Network that it was taken from. */
  networkId: string
  /** Port that it leads to; null while it leads nowhere. */
  portId: string | null
  fixedAddress: string | null
  /** Router that it goes through. */
  routerId: string | null
  status: string | null
  projectId: string | null
  description: string | null
  tags: string[]
  /** Counts its changes; for {@link UpdateOptions.ifRevision}. */
  revision: number | null
  createdAt: string | null
  updatedAt: string | null
}

export interface FloatingIpFilter {
  portId?: string | undefined
  address?: string | undefined
  status?: string | undefined
  networkId?: string | undefined
  routerId?: string | undefined
  projectId?: string | undefined
}

export interface FloatingIpCreate {
  /** Id of an external network. */
  networkId: string
  /** Of that network; default of Neutron: any. */
  subnetId?: string | undefined
  /** This one and no other: for administrators by default. */
  address?: string | undefined
  portId?: string | undefined
  /** Which of the port's addresses; needed if it has several. */
  fixedAddress?: string | undefined
  description?: string | undefined
  /** Another project's: for administrators. */
  projectId?: string | undefined
}

const floatingIp = resource(
  {
    id: z.string(),
    floating_ip_address: z.string(),
    floating_network_id: z.string(),
    port_id: text,
    fixed_ip_address: text,
    router_id: text,
    status: text,
    project_id: text,
    tenant_id: text,
    description: text,
    tags: strings,
    revision_number: number,
    created_at: time,
    updated_at: time,
  },
  (body): Fields<FloatingIp> => ({
    id: body.id,
    address: body.floating_ip_address,
    networkId: body.floating_network_id,
    portId: body.port_id,
    fixedAddress: body.fixed_ip_address,
    routerId: body.router_id,
    status: body.status,
    projectId: body.project_id ?? body.tenant_id,
    description: body.description,
    tags: body.tags,
    revision: body.revision_number,
    createdAt: body.created_at,
    updatedAt: body.updated_at,
  }),
)

const one = z.object({ floatingip: floatingIp }).transform((body) => body.floatingip)

/** https://docs.openstack.org/api-ref/network/v2/#floating-ips-floatingips */
export class FloatingIps {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(filter: FloatingIpFilter = {}, options: PageOptions = {}): AsyncGenerator<FloatingIp, void, undefined> {
    const query = {
      port_id: filter.portId,
      floating_ip_address: filter.address,
      status: filter.status,
      floating_network_id: filter.networkId,
      router_id: filter.routerId,
      project_id: filter.projectId,
    }
    return paginate(this.#client, '/floatingips', 'floatingips', floatingIp, query, options)
  }

  show(id: string, options: CallOptions = {}): Promise<FloatingIp> {
    return this.#client.get(path`/floatingips/${id}`, one, options)
  }

  create(create: FloatingIpCreate, options: CallOptions = {}): Promise<FloatingIp> {
    const body = {
      floating_network_id: create.networkId,
      subnet_id: create.subnetId,
      floating_ip_address: create.address,
      port_id: create.portId,
      fixed_ip_address: create.fixedAddress,
      description: create.description,
      project_id: create.projectId,
    }
    return this.#client.post('/floatingips', { floatingip: body }, one, options)
  }

  /**
   * Leads it to a port, or to none (null).
   *
   * @throws OpenStackError `Conflict` if the port has one already, or several addresses of which none was named;
   * `NotFound` if no router joins the port's network with the outside
   */
  assign(
    id: string,
    portId: string | null,
    options: UpdateOptions & {
      /** Which of the port's addresses. */
      fixedAddress?: string | undefined
    } = {},
  ): Promise<FloatingIp> {
    const { fixedAddress, ...call } = options
    const floatingip = { port_id: portId, fixed_ip_address: fixedAddress }
    return this.#client.put(path`/floatingips/${id}`, { floatingip }, one, withRevision(call))
  }

  /** Gives it back to the cloud. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/floatingips/${id}`, options)
  }
}
