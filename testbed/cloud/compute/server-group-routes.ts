import { Hono, type Context } from 'hono'
import { z } from 'zod'
import type { Cloud, Env } from '../cloud.ts'
import { isAdmin, projectOf } from '../identity/roles.ts'
import { uuid } from '../ids.ts'
import { check, readJson } from '../read-json.ts'
import { badRequest, forbidden, notFound } from '../refusal.ts'
import { computeLimits } from './quota.ts'
import { membersOf } from './server-groups.ts'
import type { ServerGroup } from './types.ts'

const hard = ['anti-affinity', 'affinity'] as const
const all = [...hard, 'soft-anti-affinity', 'soft-affinity'] as const
const name = z.string().min(1).max(255)
const perHost = z.strictObject({ max_server_per_host: z.coerce.number().int().positive().optional() })

/** nova/api/openstack/compute/schemas/server_groups.py */
const bodyAt = (microversion: number) => {
  if (microversion >= 64) return z.strictObject({ name, policy: z.enum(all), rules: perHost.default({}) })
  const policies = z.array(z.enum(microversion >= 15 ? all : hard)).length(1)
  return z
    .strictObject({ name, policies })
    .transform((body) => ({ name: body.name, policy: body.policies[0] ?? 'affinity', rules: {} }))
}

export function serverGroupRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { serverGroups } = cloud.state

  const view = (c: Context<Env>, group: ServerGroup) => ({
    id: group.id,
    name: group.name,
    ...(c.var.microversion >= 64
      ? { policy: group.policy, rules: group.rules }
      : { policies: [group.policy], metadata: {} }),
    members: membersOf(cloud, group.id).map((server) => server.id),
    ...(c.var.microversion >= 13 && { project_id: group.projectId, user_id: group.userId }),
  })
  const one = (c: Context<Env>): ServerGroup => {
    const id = c.req.param('id') ?? ''
    const group = serverGroups.get(id)
    if (group === undefined || (group.projectId !== projectOf(c.var.principal) && !isAdmin(c.var.principal)))
      throw notFound(`Instance group ${id} could not be found.`)
    return group
  }

  app.get('/os-server-groups', (c) => {
    const everyone = c.req.query('all_projects') !== undefined && isAdmin(c.var.principal)
    const offset = Number(c.req.query('offset') ?? 0)
    const limit = Math.min(1000, Number(c.req.query('limit') ?? 1000))
    const own = [...serverGroups.values()].filter((row) => everyone || row.projectId === projectOf(c.var.principal))
    return c.json({ server_groups: own.slice(offset, offset + limit).map((row) => view(c, row)) })
  })
  app.get('/os-server-groups/:id', (c) => c.json({ server_group: view(c, one(c)) }))
  app.post('/os-server-groups', async (c) => {
    const { server_group: wish } = check(
      z.strictObject({ server_group: bodyAt(c.var.microversion) }),
      await readJson(c),
    )
    const projectId = projectOf(c.var.principal)
    const own = [...serverGroups.values()].filter((row) => row.projectId === projectId)
    const limit = computeLimits(cloud, projectId)['server_groups'] ?? -1
    if (limit >= 0 && own.length >= limit) throw forbidden('Quota exceeded, too many server groups.')
    if (wish.policy !== 'anti-affinity' && Object.keys(wish.rules).length > 0)
      throw badRequest('Only anti-affinity policy supports rules.')
    const group: ServerGroup = { id: uuid(), projectId, userId: c.var.principal.user.id, ...wish }
    serverGroups.put(group.id, group)
    return c.json({ server_group: view(c, group) })
  })
  app.delete('/os-server-groups/:id', (c) => {
    serverGroups.delete(one(c).id)
    return c.body(null, 204)
  })
  return app
}
