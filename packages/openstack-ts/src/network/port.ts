import { z } from 'zod'
import { flag, number, resource, strings, text, time, type Fields, type Resource } from '../schema.ts'

/** An address of a port. */
export interface FixedIp {
  subnetId: string | null
  address: string
}

/** An address, or a range as CIDR, that a port may send from besides its own; null is the port's own MAC address. */
export interface AddressPair {
  address: string
  macAddress: string | null
}

/** How a port is plugged into its host. Host, interface and profile are told to administrators only. */
export interface PortBinding {
  /** `normal`, `direct`, `macvtap`, … */
  vnicType: string | null
  hostId: string | null
  /** `ovs`, `bridge`, `unbound`, `binding_failed`, … */
  vifType: string | null
  profile: Record<string, unknown> | null
}

export interface Port extends Resource {
  id: string
  name: string | null
  description: string | null
  networkId: string
  /** Id of the server that it belongs to; null if none. */
  deviceId: string | null
  /** `compute:<zone>` for servers. */
  deviceOwner: string | null
  projectId: string | null
  status: string | null
  adminStateUp: boolean
  macAddress: string | null
  fixedIps: FixedIp[]
  securityGroupIds: string[]
  allowedAddressPairs: AddressPair[]
  portSecurityEnabled: boolean | null
  binding: PortBinding
  dnsName: string | null
  tags: string[]
  /** Counts its changes; for {@link UpdateOptions.ifRevision}. */
  revision: number | null
  createdAt: string | null
  updatedAt: string | null
}

export const port = resource(
  {
    id: z.string(),
    name: text,
    description: text,
    network_id: z.string(),
    device_id: text,
    device_owner: text,
    project_id: text,
    tenant_id: text,
    status: text,
    admin_state_up: flag,
    mac_address: text,
    fixed_ips: z.array(z.object({ subnet_id: text, ip_address: z.string() })).default([]),
    security_groups: strings,
    allowed_address_pairs: z.array(z.object({ ip_address: z.string(), mac_address: text })).default([]),
    port_security_enabled: flag,
    'binding:vnic_type': text,
    'binding:host_id': text,
    'binding:vif_type': text,
    'binding:profile': z.record(z.string(), z.unknown()).nullish(),
    dns_name: text,
    tags: strings,
    revision_number: number,
    created_at: time,
    updated_at: time,
  },
  (body): Fields<Port> => ({
    id: body.id,
    name: body.name || null,
    description: body.description || null,
    networkId: body.network_id,
    deviceId: body.device_id || null,
    deviceOwner: body.device_owner || null,
    projectId: body.project_id ?? body.tenant_id,
    status: body.status,
    adminStateUp: body.admin_state_up ?? true,
    macAddress: body.mac_address,
    fixedIps: body.fixed_ips.map(({ subnet_id, ip_address }) => ({ subnetId: subnet_id, address: ip_address })),
    securityGroupIds: body.security_groups,
    allowedAddressPairs: body.allowed_address_pairs.map((pair) => ({
      address: pair.ip_address,
      macAddress: pair.mac_address,
    })),
    portSecurityEnabled: body.port_security_enabled,
    binding: {
      vnicType: body['binding:vnic_type'],
      hostId: body['binding:host_id'] || null,
      vifType: body['binding:vif_type'],
      profile: body['binding:profile'] ?? null,
    },
    dnsName: body.dns_name || null,
    tags: body.tags,
    revision: body.revision_number,
    createdAt: body.created_at,
    updatedAt: body.updated_at,
  }),
)
