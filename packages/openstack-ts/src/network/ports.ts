import { z } from 'zod'
import { strings, text } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface Port {
  id: string
  name: string | null
  networkId: string
  /** Id of the server that it belongs to; null if none. */
  deviceId: string | null
  /** `compute:<zone>` for servers. */
  deviceOwner: string | null
  projectId: string | null
  status: string | null
  macAddress: string | null
  fixedIps: { subnetId: string | null; address: string }[]
  securityGroupIds: string[]
}

export interface PortFilter {
  deviceId?: string | undefined
  networkId?: string | undefined
  name?: string | undefined
  status?: string | undefined
}

const port = z
  .object({
    id: z.string(),
    name: text,
    network_id: z.string(),
    device_id: text,
    device_owner: text,
    project_id: text,
    tenant_id: text,
    status: text,
    mac_address: text,
    fixed_ips: z.array(z.object({ subnet_id: text, ip_address: z.string() })).default([]),
    security_groups: strings,
  })
  .transform((body): Port => ({
    id: body.id,
    name: body.name || null,
    networkId: body.network_id,
    deviceId: body.device_id || null,
    deviceOwner: body.device_owner || null,
    projectId: body.project_id ?? body.tenant_id,
    status: body.status,
    macAddress: body.mac_address,
    fixedIps: body.fixed_ips.map(({ subnet_id, ip_address }) => ({ subnetId: subnet_id, address: ip_address })),
    securityGroupIds: body.security_groups,
  }))

const one = z.object({ port }).transform((body) => body.port)

export class Ports {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(filter: PortFilter = {}, options: PageOptions = {}): AsyncGenerator<Port, void, undefined> {
    const query = { device_id: filter.deviceId, network_id: filter.networkId, name: filter.name, status: filter.status }
    return paginate(this.#client, '/ports', 'ports', port, query, options)
  }

  show(id: string, options: CallOptions = {}): Promise<Port> {
    return this.#client.get(path`/ports/${id}`, one, options)
  }

  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/ports/${id}`, options)
  }
}
