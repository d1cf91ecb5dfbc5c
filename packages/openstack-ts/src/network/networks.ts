import { z } from 'zod'
import { flag, number, resource, strings, text, time, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { withRevision, type UpdateOptions } from './revision.ts'

/** What a network is made of below; administrators alone see and set it. */
export interface ProviderNetwork {
  /** `vlan`, `vxlan`, `flat`, … */
  type: string | null
  physicalNetwork: string | null
  /** VLAN id or tunnel id. */
  segmentationId: number | null
}

export interface NetworkDetails extends Resource {
  id: string
  name: string
  description: string | null
  status: string | null
  adminStateUp: boolean
  projectId: string | null
  shared: boolean
  /** Floating IPs come from it. */
  external: boolean
  subnetIds: string[]
  mtu: number | null
  portSecurityEnabled: boolean | null
  availabilityZones: string[]
  /** Null for those who may not see it. */
  provider: ProviderNetwork | null
  tags: string[]
  /** Counts its changes; for {@link UpdateOptions.ifRevision}. */
  revision: number | null
  createdAt: string | null
  updatedAt: string | null
}

export interface NetworkFilter {
  /** Exact; several networks may have one name. */
  name?: string | undefined
  external?: boolean | undefined
  shared?: boolean | undefined
  status?: string | undefined
  projectId?: string | undefined
  /** All of them. */
  tags?: readonly string[] | undefined
}

/** What can be changed later. */
export interface NetworkChange {
  name?: string | undefined
  description?: string | undefined
  /** Default of Neutron: true. */
  adminStateUp?: boolean | undefined
  /** For administrators. */
  shared?: boolean | undefined
  /** For administrators. */
  external?: boolean | undefined
  mtu?: number | undefined
  portSecurityEnabled?: boolean | undefined
}

export interface NetworkCreate extends NetworkChange {
  availabilityZoneHints?: readonly string[] | undefined
  /** For administrators. */
  provider?: Partial<ProviderNetwork> | undefined
  /** Another project's network: for administrators. */
  projectId?: string | undefined
}

const network = resource(
  {
    id: z.string(),
    name: z.string(),
    description: text,
    status: text,
    admin_state_up: flag,
    project_id: text,
    tenant_id: text,
    shared: flag,
    'router:external': flag,
    subnets: strings,
    mtu: number,
    port_security_enabled: flag,
    availability_zones: strings,
    'provider:network_type': text,
    'provider:physical_network': text,
    'provider:segmentation_id': number,
    tags: strings,
    revision_number: number,
    created_at: time,
    updated_at: time,
  },
  (body): Fields<NetworkDetails> => {
    const type = body['provider:network_type']
    const physicalNetwork = body['provider:physical_network']
    return {
      id: body.id,
      name: body.name,
      description: body.description,
      status: body.status,
      adminStateUp: body.admin_state_up ?? true,
      projectId: body.project_id ?? body.tenant_id,
      shared: body.shared ?? false,
      external: body['router:external'] ?? false,
      subnetIds: body.subnets,
      mtu: body.mtu,
      portSecurityEnabled: body.port_security_enabled,
      availabilityZones: body.availability_zones,
      provider: type === null ? null : { type, physicalNetwork, segmentationId: body['provider:segmentation_id'] },
      tags: body.tags,
      revision: body.revision_number,
      createdAt: body.created_at,
      updatedAt: body.updated_at,
    }
  },
)

const one = z.object({ network }).transform((body) => body.network)

/** https://docs.openstack.org/api-ref/network/v2/#networks */
export class Networks {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(filter: NetworkFilter = {}, options: PageOptions = {}): AsyncGenerator<NetworkDetails, void, undefined> {
    const query = {
      name: filter.name,
      'router:external': filter.external,
      shared: filter.shared,
      status: filter.status,
      project_id: filter.projectId,
      tags: filter.tags?.join(','),
    }
    return paginate(this.#client, '/networks', 'networks', network, query, options)
  }

  show(id: string, options: CallOptions = {}): Promise<NetworkDetails> {
    return this.#client.get(path`/networks/${id}`, one, options)
  }

  create(create: NetworkCreate, options: CallOptions = {}): Promise<NetworkDetails> {
    const body = {
      ...changeBody(create),
      availability_zone_hints: create.availabilityZoneHints,
      'provider:network_type': create.provider?.type,
      'provider:physical_network': create.provider?.physicalNetwork,
      'provider:segmentation_id': create.provider?.segmentationId,
      project_id: create.projectId,
    }
    return this.#client.post('/networks', { network: body }, one, options)
  }

  /** @throws OpenStackError `Conflict` if it is not of `options.ifRevision` any more */
  update(id: string, change: NetworkChange, options: UpdateOptions = {}): Promise<NetworkDetails> {
    return this.#client.put(path`/networks/${id}`, { network: changeBody(change) }, one, withRevision(options))
  }

  /** @throws OpenStackError `Conflict` while ports are on it */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/networks/${id}`, options)
  }
}

function changeBody(change: NetworkChange): object {
  return {
    name: change.name,
    description: change.description,
    admin_state_up: change.adminStateUp,
    shared: change.shared,
    'router:external': change.external,
    mtu: change.mtu,
    port_security_enabled: change.portSecurityEnabled,
  }
}
