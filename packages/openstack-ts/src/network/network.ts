import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { NetworkAvailabilityZones } from './availability-zones.ts'
import { NetworkExtensions } from './extensions.ts'
import { FloatingIps } from './floating-ips.ts'
import { Networks } from './networks.ts'
import { Ports } from './ports.ts'
import { NetworkQuotas } from './quotas.ts'
import { Routers } from './routers.ts'
import { SecurityGroupRules } from './security-group-rules.ts'
import { SecurityGroups } from './security-groups.ts'
import { Subnets } from './subnets.ts'
import { NetworkTags } from './tags.ts'

/** Neutron v2.0. https://docs.openstack.org/api-ref/network/v2/ */
export class Network {
  readonly client: ServiceClient
  readonly networks: Networks
  readonly subnets: Subnets
  readonly ports: Ports
  readonly routers: Routers
  readonly floatingIps: FloatingIps
  readonly securityGroups: SecurityGroups
  readonly securityGroupRules: SecurityGroupRules
  readonly tags: NetworkTags
  readonly quotas: NetworkQuotas
  readonly extensions: NetworkExtensions
  readonly availabilityZones: NetworkAvailabilityZones

  constructor(client: ServiceClient, projectId: (options: CallOptions) => Promise<string>) {
    this.client = client
    this.networks = new Networks(client)
    this.subnets = new Subnets(client)
    this.ports = new Ports(client)
    this.routers = new Routers(client)
    this.floatingIps = new FloatingIps(client)
    this.securityGroups = new SecurityGroups(client)
    this.securityGroupRules = new SecurityGroupRules(client)
    this.tags = new NetworkTags(client)
    this.quotas = new NetworkQuotas(client, projectId)
    this.extensions = new NetworkExtensions(client)
    this.availabilityZones = new NetworkAvailabilityZones(client)
  }
}
