import type { Cloud } from '../cloud.ts'
import { uuid } from '../ids.ts'
import type { SecurityGroup, SecurityGroupRule } from './types.ts'

const blankRule = (group: SecurityGroup, now: number): Omit<SecurityGroupRule, 'direction'> => ({
  id: uuid(),
  groupId: group.id,
  projectId: group.projectId,
  ethertype: 'IPv4',
  protocol: null,
  portMin: null,
  portMax: null,
  remoteIpPrefix: null,
  remoteGroupId: null,
  description: '',
  createdAt: now,
})

/** A new group lets everything out, as in Neutron. */
export function addGroup(cloud: Cloud, projectId: string, name: string, description: string): SecurityGroup {
  const now = cloud.now()
  const group: SecurityGroup = { id: uuid(), name, projectId, description, createdAt: now }
  cloud.state.securityGroups.put(group.id, group)
  for (const ethertype of ['IPv4', 'IPv6'] as const) {
    const rule: SecurityGroupRule = { ...blankRule(group, now), direction: 'egress', ethertype }
    cloud.state.securityGroupRules.put(rule.id, rule)
  }
  return group
}

export const groupsOf = (cloud: Cloud, projectId: string): SecurityGroup[] =>
  [...cloud.state.securityGroups.values()].filter((group) => group.projectId === projectId)

/** Every project has a group `default`, made when it is first looked for. */
export function defaultGroup(cloud: Cloud, projectId: string): SecurityGroup {
  const found = groupsOf(cloud, projectId).find((group) => group.name === 'default')
  if (found !== undefined) return found
  const made = addGroup(cloud, projectId, 'default', 'Default security group')
  const inside: SecurityGroupRule = { ...blankRule(made, cloud.now()), direction: 'ingress', remoteGroupId: made.id }
  cloud.state.securityGroupRules.put(inside.id, inside)
  return made
}

export const rulesOf = (cloud: Cloud, groupId: string): SecurityGroupRule[] =>
  [...cloud.state.securityGroupRules.values()].filter((rule) => rule.groupId === groupId)
