import { seconds } from '../clock-text.ts'
import type { Cloud } from '../cloud.ts'
import { rulesOf } from './groups.ts'
import { subnetsOf } from './ports.ts'
import type { FloatingIp, Network, Port, SecurityGroup, SecurityGroupRule, Subnet } from './types.ts'

const owner = (row: { projectId: string }) => ({ project_id: row.projectId, tenant_id: row.projectId })
const born = (row: { createdAt: number }) => ({
  created_at: seconds(row.createdAt),
  updated_at: seconds(row.createdAt),
  revision_number: 1,
  tags: [],
})

export const networkView = (cloud: Cloud, row: Network) => ({
  id: row.id,
  name: row.name,
  ...owner(row),
  admin_state_up: true,
  status: 'ACTIVE',
  shared: row.shared,
  'router:external': row.external,
  is_default: false,
  mtu: 1500,
  port_security_enabled: true,
  description: row.description,
  subnets: subnetsOf(cloud, row.id).map((subnet) => subnet.id),
  availability_zone_hints: [],
  availability_zones: ['nova'],
  ...born(row),
})

export const subnetView = (row: Subnet) => ({
  id: row.id,
  name: row.name,
  network_id: row.networkId,
  ...owner(row),
  ip_version: 4,
  cidr: row.cidr,
  gateway_ip: row.gateway,
  enable_dhcp: true,
  allocation_pools: [{ start: row.pool[0], end: row.pool[1] }],
  dns_nameservers: [],
  host_routes: [],
  description: '',
  ...born(row),
})

export const portView = (row: Port) => ({
  id: row.id,
  name: row.name,
  network_id: row.networkId,
  ...owner(row),
  mac_address: row.mac,
  fixed_ips: row.fixedIps,
  device_id: row.deviceId,
  device_owner: row.deviceOwner,
  status: row.status,
  admin_state_up: true,
  security_groups: row.securityGroups,
  port_security_enabled: true,
  'binding:vnic_type': 'normal',
  allowed_address_pairs: [],
  extra_dhcp_opts: [],
  description: '',
  ...born(row),
})

export const floatingIpView = (row: FloatingIp) => ({
  id: row.id,
  floating_network_id: row.networkId,
  ...owner(row),
  floating_ip_address: row.address,
  fixed_ip_address: row.fixedIp,
  port_id: row.portId,
  router_id: null,
  status: row.portId === null ? 'DOWN' : 'ACTIVE',
  description: row.description,
  dns_domain: '',
  dns_name: '',
  ...born(row),
})

export const ruleView = (row: SecurityGroupRule) => ({
  id: row.id,
  security_group_id: row.groupId,
  ...owner(row),
  direction: row.direction,
  ethertype: row.ethertype,
  protocol: row.protocol,
  port_range_min: row.portMin,
  port_range_max: row.portMax,
  remote_ip_prefix: row.remoteIpPrefix,
  remote_group_id: row.remoteGroupId,
  description: row.description,
  ...born(row),
})

export const groupView = (cloud: Cloud, row: SecurityGroup) => ({
  id: row.id,
  name: row.name,
  ...owner(row),
  description: row.description,
  stateful: true,
  shared: false,
  security_group_rules: rulesOf(cloud, row.id).map(ruleView),
  ...born(row),
})
