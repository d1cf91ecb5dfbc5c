import type { Cloud } from '../cloud.ts'
import { forbidden } from '../refusal.ts'
import { isLive } from './status.ts'
import type { Flavor } from './types.ts'

/** Nova's defaults (nova/conf/quota.py). */
export const COMPUTE_DEFAULTS: Record<string, number> = {
  instances: 10,
  cores: 20,
  ram: 51_200,
  metadata_items: 128,
  key_pairs: 100,
  server_groups: 10,
  server_group_members: 10,
}

export const computeLimits = (cloud: Cloud, projectId: string): Record<string, number> => ({
  ...COMPUTE_DEFAULTS,
  ...cloud.state.quotas.get(projectId)?.limits,
})

/** Deleted servers count until they are really gone. */
export function computeUsage(cloud: Cloud, projectId: string): { instances: number; cores: number; ram: number } {
  const sum = { instances: 0, cores: 0, ram: 0 }
  for (const server of cloud.state.servers.values()) {
    if (server.projectId !== projectId || !isLive(server)) continue
    sum.instances += 1
    sum.cores += server.flavor.vcpus
    sum.ram += server.flavor.ramMb
  }
  return sum
}

/** How many servers of the flavor fit, of `max` wanted and `min` needed. @throws Refusal 403 with Nova's figures. */
export function checkComputeQuota(cloud: Cloud, projectId: string, flavor: Flavor, min: number, max: number): number {
  const limits = computeLimits(cloud, projectId)
  const used = computeUsage(cloud, projectId)
  const each = { instances: 1, cores: flavor.vcpus, ram: flavor.ramMb }
  const room = (['cores', 'instances', 'ram'] as const).map((name) => {
    const limit = limits[name] ?? -1
    const fits = limit < 0 ? max : Math.floor((limit - used[name]) / each[name])
    return { name, limit, fits, asked: min * each[name], used: used[name] }
  })
  const over = room.filter(({ fits }) => fits < min)
  if (over.length === 0) return Math.min(max, ...room.map(({ fits }) => fits))
  const list = (pick: (row: (typeof over)[number]) => string | number): string => over.map(pick).join(', ')
  throw forbidden(
    `Quota exceeded for ${list((r) => r.name)}: Requested ${list((r) => r.asked)}, ` +
      `but already used ${list((r) => r.used)} of ${list((r) => r.limit)} ${list((r) => r.name)}`,
  )
}
