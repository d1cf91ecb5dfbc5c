import type { Hono } from 'hono'
import { z } from 'zod'
import { frontRoutes, type RoutesParts } from '#testbed/front/routes.ts'
import type { Cloud } from '../cloud.ts'
import { changedTimings, TimingsChangeSchema } from '../config.ts'
import { assignmentKey } from '../identity/principal.ts'
import { Refusal } from '../refusal.ts'
import { inventory, serverRecords } from './inspect.ts'
import { serverFaultRoutes } from './server-faults.ts'

const Limits = z.record(z.string(), z.int().min(-1))
const QuotaChange = z.strictObject({
  compute: Limits.default({}),
  network: Limits.default({}),
  volume: Limits.default({}),
})
const RoleChange = z.strictObject({ user: z.string(), project: z.string(), roles: z.array(z.string()) })
const Revoke = z.strictObject({ user: z.string().optional(), project: z.string().optional() })
const Hosts = z.array(
  z.strictObject({ name: z.string(), zone: z.string(), vcpus: z.int(), ramMb: z.int(), diskGb: z.int() }),
)

function byName<T extends { id: string; name: string }>(rows: Iterable<T>, text: string): T {
  const found = [...rows].find((row) => row.id === text || row.name === text)
  if (found === undefined) throw new Refusal(404, `There is no ${text}`)
  return found
}

/** What tests do to a cloud behind its users' backs, and what they read of it. */
export function adminRoutes(cloud: Cloud, parts: RoutesParts): Hono {
  const app = frontRoutes(parts)
  const { state } = cloud

  app.get('/servers', (c) => c.json(serverRecords(cloud)))
  app.get('/inventory', (c) => c.json(inventory(cloud)))

  app.put('/timings', async (c) => {
    const timings = changedTimings(cloud.timings(), TimingsChangeSchema.parse(await c.req.json()))
    state.timings.put('now', timings)
    return c.json(timings)
  })
  app.put('/quotas/:project', async (c) => {
    const { compute, network, volume } = QuotaChange.parse(await c.req.json())
    const { id } = byName(state.projects.values(), c.req.param('project'))
    const limits = { ...state.quotas.get(id)?.limits, ...compute }
    const networkLimits = { ...state.networkQuotas.get(id)?.limits, ...network }
    const volumeLimits = { ...state.volumeQuotas.get(id)?.limits, ...volume }
    state.quotas.put(id, { projectId: id, limits })
    state.networkQuotas.put(id, { projectId: id, limits: networkLimits })
    state.volumeQuotas.put(id, { projectId: id, limits: volumeLimits })
    return c.json({ compute: limits, network: networkLimits, volume: volumeLimits })
  })
  app.put('/roles', async (c) => {
    const { user, project, roles } = RoleChange.parse(await c.req.json())
    const userId = byName(state.users.values(), user).id
    const projectId = byName(state.projects.values(), project).id
    state.assignments.put(assignmentKey(userId, projectId), { userId, projectId, roles })
    return c.body(null, 204)
  })
  app.post('/tokens/revoke', async (c) => {
    const { user, project } = Revoke.parse(await c.req.json())
    const userId = user === undefined ? undefined : byName(state.users.values(), user).id
    const projectId = project === undefined ? undefined : byName(state.projects.values(), project).id
    const hit = [...state.tokens.values()].filter(
      (token) =>
        (userId === undefined || token.userId === userId) && (projectId === undefined || token.projectId === projectId),
    )
    for (const token of hit) state.tokens.delete(token.id)
    return c.json({ revoked: hit.length })
  })
  app.put('/hosts', async (c) => {
    const hosts = Hosts.parse(await c.req.json())
    for (const { name } of state.hosts.values()) state.hosts.delete(name)
    for (const host of hosts) state.hosts.put(host.name, host)
    return c.json(hosts)
  })
  app.route('/servers', serverFaultRoutes(cloud))
  return app
}
