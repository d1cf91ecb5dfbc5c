import type { ServiceClient } from '../transport/service-client.ts'
import { FloatingIps } from './floating-ips.ts'
import { Networks } from './networks.ts'
import { Ports } from './ports.ts'
import { NetworkQuotas } from './quotas.ts'
import { SecurityGroups } from './security-groups.ts'

/** Neutron v2.0. */
export class Network {
  readonly client: ServiceClient
  readonly networks: Networks
  readonly ports: Ports
  readonly floatingIps: FloatingIps
  readonly securityGroups: SecurityGroups
  readonly quotas: NetworkQuotas

  constructor(client: ServiceClient, projectId: () => Promise<string>) {
    this.client = client
    this.networks = new Networks(client)
    this.ports = new Ports(client)
    this.floatingIps = new FloatingIps(client)
    this.securityGroups = new SecurityGroups(client)
    this.quotas = new NetworkQuotas(client, projectId)
  }
}
