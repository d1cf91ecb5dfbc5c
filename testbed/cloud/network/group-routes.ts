import { Hono } from 'hono'
import { z } from 'zod'
import type { Cloud, Env } from '../cloud.ts'
import { projectOf } from '../identity/roles.ts'
import { uuid } from '../ids.ts'
import { check, readJson } from '../read-json.ts'
import { Refusal } from '../refusal.ts'
import { collection, mine, own } from './collection.ts'
import { addGroup, defaultGroup, rulesOf } from './groups.ts'
import { checkNetworkQuota } from './quota.ts'
import type { SecurityGroupRule } from './types.ts'
import { groupView, ruleView } from './views.ts'

const NewGroup = z.object({
  security_group: z.object({ name: z.string().max(255), description: z.string().default('') }),
})
const NewRule = z.object({
  security_group_rule: z.object({
    security_group_id: z.string(),
    direction: z.enum(['ingress', 'egress']),
    ethertype: z.enum(['IPv4', 'IPv6']).default('IPv4'),
    protocol: z
      .union([z.string(), z.int().transform(String)])
      .nullable()
      .default(null),
    port_range_min: z.int().nullable().default(null),
    port_range_max: z.int().nullable().default(null),
    remote_ip_prefix: z.string().nullable().default(null),
    remote_group_id: z.string().nullable().default(null),
    description: z.string().default(''),
  }),
})

/** Security groups and their rules; nothing here enforces them. */
export function groupRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { securityGroups: groups, securityGroupRules: rules, ports } = cloud.state

  app.get('/security-groups', (c) => {
    defaultGroup(cloud, projectOf(c.var.principal))
    return collection(
      cloud,
      c,
      'security_groups',
      mine(c.var.principal, groups.values()).map((g) => groupView(cloud, g)),
    )
  })
  app.get('/security-groups/:id', (c) => {
    const id = c.req.param('id')
    const group = own(c.var.principal, groups.get(id), 'SecurityGroupNotFound', `Security group ${id}`)
    return c.json({ security_group: groupView(cloud, group) })
  })
  app.post('/security-groups', async (c) => {
    const { security_group: wanted } = check(NewGroup, await readJson(c))
    const projectId = projectOf(c.var.principal)
    defaultGroup(cloud, projectId)
    if (wanted.name === 'default')
      throw new Refusal(409, 'Default security group already exists.', { type: 'SecurityGroupDefaultAlreadyExists' })
    checkNetworkQuota(cloud, projectId, 'security_group')
    return c.json(
      { security_group: groupView(cloud, addGroup(cloud, projectId, wanted.name, wanted.description)) },
      201,
    )
  })
  app.delete('/security-groups/:id', (c) => {
    const id = c.req.param('id')
    const group = own(c.var.principal, groups.get(id), 'SecurityGroupNotFound', `Security group ${id}`)
    if (group.name === 'default')
      throw new Refusal(409, 'Removing the default security group is not allowed.', {
        type: 'SecurityGroupCannotRemoveDefault',
      })
    if ([...ports.values()].some((port) => port.securityGroups.includes(id)))
      throw new Refusal(409, `Security Group ${id} in use.`, { type: 'SecurityGroupInUse' })
    for (const rule of rulesOf(cloud, id)) rules.delete(rule.id)
    groups.delete(id)
    return c.body(null, 204)
  })

  app.get('/security-group-rules', (c) =>
    collection(cloud, c, 'security_group_rules', mine(c.var.principal, rules.values()).map(ruleView)),
  )
  app.post('/security-group-rules', async (c) => {
    const { security_group_rule: wanted } = check(NewRule, await readJson(c))
    const group = own(
      c.var.principal,
      groups.get(wanted.security_group_id),
      'SecurityGroupNotFound',
      `Security group ${wanted.security_group_id}`,
    )
    checkNetworkQuota(cloud, group.projectId, 'security_group_rule')
    const made: SecurityGroupRule = {
      id: uuid(),
      groupId: group.id,
      projectId: group.projectId,
      direction: wanted.direction,
      ethertype: wanted.ethertype,
      protocol: wanted.protocol,
      portMin: wanted.port_range_min,
      portMax: wanted.port_range_max,
      remoteIpPrefix: wanted.remote_ip_prefix,
      remoteGroupId: wanted.remote_group_id,
      description: wanted.description,
      createdAt: cloud.now(),
    }
    const twin = rulesOf(cloud, group.id).find((rule) => sameRule(rule, made))
    if (twin !== undefined)
      throw new Refusal(409, `Security group rule already exists. Rule id is ${twin.id}.`, {
        type: 'SecurityGroupRuleExists',
      })
    rules.put(made.id, made)
    return c.json({ security_group_rule: ruleView(made) }, 201)
  })
  app.delete('/security-group-rules/:id', (c) => {
    const id = c.req.param('id')
    rules.delete(own(c.var.principal, rules.get(id), 'SecurityGroupRuleNotFound', `Security group rule ${id}`).id)
    return c.body(null, 204)
  })
  return app
}

const sameRule = (a: SecurityGroupRule, b: SecurityGroupRule): boolean =>
  a.direction === b.direction &&
  a.ethertype === b.ethertype &&
  a.protocol === b.protocol &&
  a.portMin === b.portMin &&
  a.portMax === b.portMax &&
  a.remoteIpPrefix === b.remoteIpPrefix &&
  a.remoteGroupId === b.remoteGroupId
