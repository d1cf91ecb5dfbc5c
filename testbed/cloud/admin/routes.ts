import { timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { z } from 'zod'
import type { Cloud, Env } from '../cloud.ts'
import { changedTimings, TimingsChangeSchema } from '../config.ts'
import { RuleInputSchema, type Rule } from '../faults/rule.ts'
import { assignmentKey } from '../identity/principal.ts'
import { uuid } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import type { RequestLog } from '../request-log.ts'
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
export function adminRoutes(cloud: Cloud, log: RequestLog, adminToken: string): Hono<Env> {
  const app = new Hono<Env>()
  const { state } = cloud
  const known = Buffer.from(adminToken)

  app.onError((error, c) => {
    if (error instanceof Refusal) return c.json({ error: error.message }, error.status)
    if (error instanceof z.ZodError) return c.json({ error: z.prettifyError(error) }, 400)
    throw error
  })
  app.use(async (c, next) => {
    const shown = Buffer.from(c.req.header('X-Admin-Token') ?? '')
    if (shown.length !== known.length || !timingSafeEqual(shown, known))
      throw new Refusal(401, 'X-Admin-Token is missing or wrong')
    await next()
  })

  app.get('/servers', (c) => c.json(serverRecords(cloud)))
  app.get('/inventory', (c) => c.json(inventory(cloud)))
  app.get('/requests', (c) => c.json(log.after(Number(c.req.query('after') ?? 0))))
  app.get('/counters', (c) => c.json(log.counters()))

  app.get('/faults', (c) => c.json([...state.rules.values()]))
  app.post('/faults', async (c) => {
    const rule: Rule = { ...RuleInputSchema.parse(await c.req.json()), id: uuid(), struck: 0, draws: 0 }
    for (const pattern of [rule.match.pathRegex, rule.match.name]) if (pattern !== undefined) compiles(pattern)
    state.rules.put(rule.id, rule)
    return c.json(rule, 201)
  })
  app.delete('/faults', (c) => {
    for (const { id } of state.rules.values()) state.rules.delete(id)
    return c.body(null, 204)
  })
  app.delete('/faults/:id', (c) => {
    state.rules.delete(c.req.param('id'))
    return c.body(null, 204)
  })

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

function compiles(pattern: string): void {
  try {
    ''.match(pattern)
  } catch (error) {
    throw new Refusal(400, String(error))
  }
}
