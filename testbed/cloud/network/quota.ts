import type { Cloud } from '../cloud.ts'
import { Refusal } from '../refusal.ts'

/** Neutron's defaults. */
export const NETWORK_DEFAULTS: Record<string, number> = {
  network: 100,
  subnet: 100,
  subnetpool: -1,
  port: 500,
  router: 10,
  floatingip: 50,
  rbac_policy: 10,
  security_group: 10,
  security_group_rule: 100,
}

export const networkLimits = (cloud: Cloud, projectId: string): Record<string, number> => ({
  ...NETWORK_DEFAULTS,
  ...cloud.state.networkQuotas.get(projectId)?.limits,
})

export function networkUsage(cloud: Cloud, projectId: string): Record<string, number> {
  const { networks, subnets, ports, routers, floatingIps, securityGroups, securityGroupRules } = cloud.state
  const count = (rows: Iterable<{ projectId: string }>): number =>
    [...rows].filter((row) => row.projectId === projectId).length
  return {
    network: count(networks.values()),
    subnet: count(subnets.values()),
    subnetpool: 0,
    port: count(ports.values()),
    router: count(routers.values()),
    floatingip: count(floatingIps.values()),
    rbac_policy: 0,
    security_group: count(securityGroups.values()),
    security_group_rule: count(securityGroupRules.values()),
  }
}

/** How many more of a resource the project may have; Infinity where it is unlimited. */
export function networkRoom(cloud: Cloud, projectId: string, resource: string): number {
  const limit = networkLimits(cloud, projectId)[resource] ?? -1
  return limit < 0 ? Infinity : limit - (networkUsage(cloud, projectId)[resource] ?? 0)
}

export function checkNetworkQuota(cloud: Cloud, projectId: string, resource: string): void {
  if (networkRoom(cloud, projectId, resource) < 1)
    throw new Refusal(409, `Quota exceeded for resources: ['${resource}'].`, { type: 'OverQuota' })
}
