import { Hono } from 'hono'
import { z } from 'zod'
import type { Cloud, Env } from '../cloud.ts'
import { projectOf } from '../identity/roles.ts'
import { checkBody, readBody } from './body.ts'
import { COMPUTE_DEFAULTS, computeLimits, computeUsage } from './quota.ts'
import { adminOnly, ownProjectOnly } from './rights.ts'

/** Limits and quota sets. */
export function quotaRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { quotas } = cloud.state
  const usage = (id: string): Record<string, number> => ({ ...computeUsage(cloud, id) })

  app.get('/limits', (c) => {
    const id = c.req.query('tenant_id') ?? projectOf(c.var.principal)
    ownProjectOnly(c, id, 'limits:other_project')
    const limit = computeLimits(cloud, id)
    const used = usage(id)
    return c.json({
      limits: {
        rate: [],
        absolute: {
          maxTotalInstances: limit['instances'],
          maxTotalCores: limit['cores'],
          maxTotalRAMSize: limit['ram'],
          maxServerMeta: limit['metadata_items'],
          maxTotalKeypairs: limit['key_pairs'],
          maxServerGroups: limit['server_groups'],
          maxServerGroupMembers: limit['server_group_members'],
          totalInstancesUsed: used['instances'],
          totalCoresUsed: used['cores'],
          totalRAMUsed: used['ram'],
          totalServerGroupsUsed: 0,
          ...(c.var.microversion < 39 && { maxImageMeta: limit['metadata_items'] }),
          ...(c.var.microversion < 57 && { maxPersonality: -1, maxPersonalitySize: -1 }),
        },
      },
    })
  })

  app.get('/os-quota-sets/:project/defaults', (c) =>
    c.json({ quota_set: { id: c.req.param('project'), ...COMPUTE_DEFAULTS } }),
  )
  app.get('/os-quota-sets/:project/detail', (c) => {
    const id = c.req.param('project')
    ownProjectOnly(c, id, 'os-quota-sets:show')
    const used = usage(id)
    const rows = Object.entries(computeLimits(cloud, id)).map(([name, limit]) => [
      name,
      { in_use: used[name] ?? 0, limit, reserved: 0 },
    ])
    return c.json({ quota_set: { id, ...Object.fromEntries(rows) } })
  })
  app.get('/os-quota-sets/:project', (c) => {
    const id = c.req.param('project')
    ownProjectOnly(c, id, 'os-quota-sets:show')
    return c.json({ quota_set: { id, ...computeLimits(cloud, id) } })
  })
  app.put('/os-quota-sets/:project', async (c) => {
    const body = checkBody(
      z.object({ quota_set: z.record(z.string(), z.union([z.int().min(-1), z.boolean()])) }),
      await readBody(c),
    )
    adminOnly(c, 'os-quota-sets:update')
    const projectId = c.req.param('project')
    const { force: _force, ...limits } = body.quota_set
    const numbers = Object.fromEntries(
      Object.entries(limits).flatMap(([k, v]) => (typeof v === 'number' ? [[k, v]] : [])),
    )
    quotas.put(projectId, { projectId, limits: { ...quotas.get(projectId)?.limits, ...numbers } })
    return c.json({ quota_set: computeLimits(cloud, projectId) })
  })
  app.delete('/os-quota-sets/:project', (c) => {
    adminOnly(c, 'os-quota-sets:delete')
    quotas.delete(c.req.param('project'))
    return c.body(null, 202)
  })
  return app
}
