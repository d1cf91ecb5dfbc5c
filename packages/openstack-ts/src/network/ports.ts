import { z } from 'zod'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { port, type Port } from './port.ts'
import { withRevision, type UpdateOptions } from './revision.ts'

export interface PortFilter {
  deviceId?: string | undefined
  deviceOwner?: string | undefined
  networkId?: string | undefined
  name?: string | undefined
  status?: string | undefined
  macAddress?: string | undefined
  projectId?: string | undefined
}

/** A subnet to take an address from, an address, or both; at least one of them. */
export interface FixedIpWish {
  subnetId?: string | undefined
  address?: string | undefined
}

/** What can be changed later. */
export interface PortChange {
  name?: string | undefined
  description?: string | undefined
  adminStateUp?: boolean | undefined
  /** All that it shall have. Default of Neutron: one of each IP version that the network has. */
  fixedIps?: readonly FixedIpWish[] | undefined
  /** All that it shall have, ids; none for `[]`. Default of Neutron: the project's `default`. */
  securityGroupIds?: readonly string[] | undefined
  /** All that it shall have; for virtual addresses that move between servers. */
  allowedAddressPairs?: readonly { address: string; macAddress?: string | undefined }[] | undefined
  /** False switches security groups and the check of sender addresses off. */
  portSecurityEnabled?: boolean | undefined
  deviceId?: string | undefined
  deviceOwner?: string | undefined
  dnsName?: string | undefined
  /** `normal`, `direct`, `macvtap`, …; it can be changed while the port is unbound. */
  vnicType?: string | undefined
  /** For administrators. */
  hostId?: string | undefined
  /** For administrators. */
  bindingProfile?: Readonly<Record<string, unknown>> | undefined
  /** For administrators once it exists. */
  macAddress?: string | undefined
}

export interface PortCreate extends PortChange {
  networkId: string
  /** Another project's port: for administrators. */
  projectId?: string | undefined
}

const one = z.object({ port }).transform((body) => body.port)

/** https://docs.openstack.org/api-ref/network/v2/#ports */
export class Ports {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(filter: PortFilter = {}, options: PageOptions = {}): AsyncGenerator<Port, void, undefined> {
    const query = {
      device_id: filter.deviceId,
      device_owner: filter.deviceOwner,
      network_id: filter.networkId,
      name: filter.name,
      status: filter.status,
      mac_address: filter.macAddress,
      project_id: filter.projectId,
    }
    return paginate(this.#client, '/ports', 'ports', port, query, options)
  }

  show(id: string, options: CallOptions = {}): Promise<Port> {
    return this.#client.get(path`/ports/${id}`, one, options)
  }

  /** @throws OpenStackError `Conflict` if an address is taken, or the network has none left */
  create(create: PortCreate, options: CallOptions = {}): Promise<Port> {
    const body = { ...changeBody(create), network_id: create.networkId, project_id: create.projectId }
    return this.#client.post('/ports', { port: body }, one, options)
  }

  /** @throws OpenStackError `Conflict` if it is not of `options.ifRevision` any more */
  update(id: string, change: PortChange, options: UpdateOptions = {}): Promise<Port> {
    return this.#client.put(path`/ports/${id}`, { port: changeBody(change) }, one, withRevision(options))
  }

  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/ports/${id}`, options)
  }
}

function changeBody(change: PortChange): object {
  return {
    name: change.name,
    description: change.description,
    admin_state_up: change.adminStateUp,
    fixed_ips: change.fixedIps?.map(({ subnetId, address }) => ({ subnet_id: subnetId, ip_address: address })),
    security_groups: change.securityGroupIds,
    allowed_address_pairs: change.allowedAddressPairs?.map(({ address, macAddress }) => ({
      ip_address: address,
      mac_address: macAddress,
    })),
    port_security_enabled: change.portSecurityEnabled,
    device_id: change.deviceId,
    device_owner: change.deviceOwner,
    dns_name: change.dnsName,
    'binding:vnic_type': change.vnicType,
    'binding:host_id': change.hostId,
    'binding:profile': change.bindingProfile,
    mac_address: change.macAddress,
  }
}
