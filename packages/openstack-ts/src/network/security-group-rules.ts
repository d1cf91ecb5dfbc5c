import { z } from 'zod'
import { number, resource, text, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** What a security group lets through; what no rule lets through is dropped. */
export interface SecurityGroupRule extends Resource {
  id: string
  securityGroupId: string
  direction: 'ingress' | 'egress'
  etherType: 'IPv4' | 'IPv6'
  /** Null is any. */
  protocol: string | null
  /** Of ICMP the type. */
  portMin: number | null
  /** Of ICMP the code. */
  portMax: number | null
  /** The other side as CIDR; null is any address. */
  remoteIpPrefix: string | null
  /** The other side as all members of a group. */
  remoteGroupId: string | null
  description: string | null
  projectId: string | null
}

export interface SecurityGroupRuleFilter {
  securityGroupId?: string | undefined
  direction?: 'ingress' | 'egress' | undefined
  protocol?: string | undefined
  remoteGroupId?: string | undefined
}

export interface SecurityGroupRuleCreate {
  securityGroupId: string
  direction: 'ingress' | 'egress'
  /** Default of Neutron: IPv4. */
  etherType?: 'IPv4' | 'IPv6' | undefined
  /** `tcp`, `udp`, `icmp`, `ipv6-icmp`, …, or a number; default any. */
  protocol?: string | number | undefined
  portMin?: number | undefined
  portMax?: number | undefined
  /** One of these at most. */
  remoteIpPrefix?: string | undefined
  remoteGroupId?: string | undefined
  description?: string | undefined
}

export const rule = resource(
  {
    id: z.string(),
    security_group_id: z.string(),
    direction: z.enum(['ingress', 'egress']),
    ethertype: z.enum(['IPv4', 'IPv6']),
    protocol: z.union([z.string(), z.number()]).nullish(),
    port_range_min: number,
    port_range_max: number,
    remote_ip_prefix: text,
    remote_group_id: text,
    description: text,
    project_id: text,
    tenant_id: text,
  },
  (body): Fields<SecurityGroupRule> => ({
    id: body.id,
    securityGroupId: body.security_group_id,
    direction: body.direction,
    etherType: body.ethertype,
    protocol: body.protocol === undefined || body.protocol === null ? null : String(body.protocol),
    portMin: body.port_range_min,
    portMax: body.port_range_max,
    remoteIpPrefix: body.remote_ip_prefix,
    remoteGroupId: body.remote_group_id,
    description: body.description,
    projectId: body.project_id ?? body.tenant_id,
  }),
)

const one = z.object({ security_group_rule: rule }).transform((body) => body.security_group_rule)

/** Rules are made and deleted, never changed. https://docs.openstack.org/api-ref/network/v2/#security-group-rules-security-group-rules */
export class SecurityGroupRules {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(
    filter: SecurityGroupRuleFilter = {},
    options: PageOptions = {},
  ): AsyncGenerator<SecurityGroupRule, void, undefined> {
    const query = {
      security_group_id: filter.securityGroupId,
      direction: filter.direction,
      protocol: filter.protocol,
      remote_group_id: filter.remoteGroupId,
    }
    return paginate(this.#client, '/security-group-rules', 'security_group_rules', rule, query, options)
  }

  show(id: string, options: CallOptions = {}): Promise<SecurityGroupRule> {
    return this.#client.get(path`/security-group-rules/${id}`, one, options)
  }

  /** @throws OpenStackError `Conflict` if the group has such a rule */
  create(create: SecurityGroupRuleCreate, options: CallOptions = {}): Promise<SecurityGroupRule> {
    const body = {
      security_group_id: create.securityGroupId,
      direction: create.direction,
      ethertype: create.etherType,
      protocol: create.protocol,
      port_range_min: create.portMin,
      port_range_max: create.portMax,
      remote_ip_prefix: create.remoteIpPrefix,
      remote_group_id: create.remoteGroupId,
      description: create.description,
    }
    return this.#client.post('/security-group-rules', { security_group_rule: body }, one, options)
  }

  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/security-group-rules/${id}`, options)
  }
}
