import { z } from 'zod'
import { flag, number, resource, strings, text, time, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { withRevision, type UpdateOptions } from './revision.ts'

/** First and last address of a range. */
export interface AddressRange {
  start: string
  end: string
}

/** A route, of a router or told to hosts by DHCP: `destination` as CIDR by way of the address `nexthop`. */
export interface Route {
  destination: string
  nexthop: string
}

export interface Subnet extends Resource {
  id: string
  name: string
  description: string | null
  networkId: string
  projectId: string | null
  ipVersion: 4 | 6
  cidr: string
  /** Null if it has none. */
  gatewayIp: string | null
  dhcpEnabled: boolean
  dnsNameservers: string[]
  allocationPools: AddressRange[]
  hostRoutes: Route[]
  ipv6AddressMode: string | null
  ipv6RaMode: string | null
  subnetPoolId: string | null
  tags: string[]
  /** Counts its changes; for {@link UpdateOptions.ifRevision}. */
  revision: number | null
  createdAt: string | null
  updatedAt: string | null
}

export interface SubnetFilter {
  /** Exact; several subnets may have one name. */
  name?: string | undefined
  networkId?: string | undefined
  ipVersion?: 4 | 6 | undefined
  cidr?: string | undefined
  projectId?: string | undefined
}

/** What can be changed later. */
export interface SubnetChange {
  name?: string | undefined
  description?: string | undefined
  /** Null for none. Default of Neutron: the first address. */
  gatewayIp?: string | null | undefined
  /** Default of Neutron: true. */
  dhcpEnabled?: boolean | undefined
  dnsNameservers?: readonly string[] | undefined
  allocationPools?: readonly AddressRange[] | undefined
  hostRoutes?: readonly Route[] | undefined
}

export type Ipv6Mode = 'slaac' | 'dhcpv6-stateful' | 'dhcpv6-stateless'

export interface SubnetCreate extends SubnetChange {
  networkId: string
  ipVersion: 4 | 6
  /** None if it is taken from `subnetPoolId`. */
  cidr?: string | undefined
  subnetPoolId?: string | undefined
  /** With `subnetPoolId`, in bits. */
  prefixLength?: number | undefined
  ipv6AddressMode?: Ipv6Mode | undefined
  ipv6RaMode?: Ipv6Mode | undefined
  /** Another project's subnet: for administrators. */
  projectId?: string | undefined
}

export const route = z
  .object({ destination: z.string(), nexthop: z.string() })
  .transform(({ destination, nexthop }): Route => ({ destination, nexthop }))

const subnet = resource(
  {
    id: z.string(),
    name: z.string(),
    description: text,
    network_id: z.string(),
    project_id: text,
    tenant_id: text,
    ip_version: z.union([z.literal(4), z.literal(6)]),
    cidr: z.string(),
    gateway_ip: text,
    enable_dhcp: flag,
    dns_nameservers: strings,
    allocation_pools: z.array(z.object({ start: z.string(), end: z.string() })).default([]),
    host_routes: z.array(route).default([]),
    ipv6_address_mode: text,
    ipv6_ra_mode: text,
    subnetpool_id: text,
    tags: strings,
    revision_number: number,
    created_at: time,
    updated_at: time,
  },
  (body): Fields<Subnet> => ({
    id: body.id,
    name: body.name,
    description: body.description,
    networkId: body.network_id,
    projectId: body.project_id ?? body.tenant_id,
    ipVersion: body.ip_version,
    cidr: body.cidr,
    gatewayIp: body.gateway_ip,
    dhcpEnabled: body.enable_dhcp ?? true,
    dnsNameservers: body.dns_nameservers,
    allocationPools: body.allocation_pools,
    hostRoutes: body.host_routes,
    ipv6AddressMode: body.ipv6_address_mode,
    ipv6RaMode: body.ipv6_ra_mode,
    subnetPoolId: body.subnetpool_id,
    tags: body.tags,
    revision: body.revision_number,
    createdAt: body.created_at,
    updatedAt: body.updated_at,
  }),
)

const one = z.object({ subnet }).transform((body) => body.subnet)

/** https://docs.openstack.org/api-ref/network/v2/#subnets */
export class Subnets {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(filter: SubnetFilter = {}, options: PageOptions = {}): AsyncGenerator<Subnet, void, undefined> {
    const query = {
      name: filter.name,
      network_id: filter.networkId,
      ip_version: filter.ipVersion,
      cidr: filter.cidr,
      project_id: filter.projectId,
    }
    return paginate(this.#client, '/subnets', 'subnets', subnet, query, options)
  }

  show(id: string, options: CallOptions = {}): Promise<Subnet> {
    return this.#client.get(path`/subnets/${id}`, one, options)
  }

  create(create: SubnetCreate, options: CallOptions = {}): Promise<Subnet> {
    const body = {
      ...changeBody(create),
      network_id: create.networkId,
      ip_version: create.ipVersion,
      cidr: create.cidr,
      subnetpool_id: create.subnetPoolId,
      prefixlen: create.prefixLength,
      ipv6_address_mode: create.ipv6AddressMode,
      ipv6_ra_mode: create.ipv6RaMode,
      project_id: create.projectId,
    }
    return this.#client.post('/subnets', { subnet: body }, one, options)
  }

  /** @throws OpenStackError `Conflict` if it is not of `options.ifRevision` any more */
  update(id: string, change: SubnetChange, options: UpdateOptions = {}): Promise<Subnet> {
    return this.#client.put(path`/subnets/${id}`, { subnet: changeBody(change) }, one, withRevision(options))
  }

  /** @throws OpenStackError `Conflict` while ports have addresses of it */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/subnets/${id}`, options)
  }
}

function changeBody(change: SubnetChange): object {
  return {
    name: change.name,
    description: change.description,
    gateway_ip: change.gatewayIp,
    enable_dhcp: change.dhcpEnabled,
    dns_nameservers: change.dnsNameservers,
    allocation_pools: change.allocationPools,
    host_routes: change.hostRoutes,
  }
}
