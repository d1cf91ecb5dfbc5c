import type { Cloud } from '../cloud.ts'
import { badRequest, forbidden } from '../refusal.ts'
import { computeLimits } from './quota.ts'
import { isLive } from './status.ts'
import type { Host, Server, ServerGroup } from './types.ts'

export const membersOf = (cloud: Cloud, groupId: string): Server[] =>
  [...cloud.state.servers.values()].filter((server) => server.groupId === groupId && isLive(server))

/** The group that new servers are asked into. @throws Refusal 400 if there is none such, 403 if it would have too many */
export function groupFor(
  cloud: Cloud,
  projectId: string,
  id: string | undefined,
  more: number,
): ServerGroup | undefined {
  if (id === undefined) return undefined
  const group = cloud.state.serverGroups.get(id)
  if (group?.projectId !== projectId) throw badRequest(`Instance group ${id} could not be found.`)
  const limit = computeLimits(cloud, projectId)['server_group_members'] ?? -1
  if (limit >= 0 && membersOf(cloud, id).length + more > limit)
    throw forbidden('Quota exceeded, too many servers in group')
  return group
}

/** Whether the group's policy lets one more server run on a host; the soft ones always do. */
export function lets(cloud: Cloud, group: ServerGroup | undefined, host: Host): boolean {
  if (group === undefined || group.policy.startsWith('soft-')) return true
  const members = membersOf(cloud, group.id).filter((server) => server.host !== null)
  const here = members.filter((server) => server.host === host.name).length
  if (group.policy === 'affinity') return here > 0 || members.length === 0
  return here < (group.rules.max_server_per_host ?? 1)
}
