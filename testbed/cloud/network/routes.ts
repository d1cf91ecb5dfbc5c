import { Hono } from 'hono'
import { z } from 'zod'
import type { Cloud, Env } from '../cloud.ts'
import { isAdmin, projectOf } from '../identity/roles.ts'
import type { Principal } from '../identity/types.ts'
import { check, readJson } from '../read-json.ts'
import { Refusal } from '../refusal.ts'
import { scoped, writersOnly } from '../scoped.ts'
import { floatingIpRoutes } from './floating-ips.ts'
import { networkRows } from './networks.ts'
import { portRoutes } from './port-routes.ts'
import { networkLimits, networkUsage, NETWORK_DEFAULTS } from './quota.ts'
import { routerRoutes } from './routers.ts'
import { groupRoutes } from './group-routes.ts'

const RESOURCES = [
  'network',
  'subnet',
  'port',
  'router',
  'floatingip',
  'security-group',
  'security-group-rule',
  'quota',
]

function readable(who: Principal, projectId: string): void {
  if (projectId !== projectOf(who) && !isAdmin(who))
    throw new Refusal(403, '(rule:get_quota) is disallowed by policy', { type: 'PolicyNotAuthorized' })
}

/** Neutron v2.0. */
export function networkRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const self = (path: string) => [{ rel: 'self', href: `${cloud.url}/network/v2.0/${path}` }]
  app.get('/', (c) => c.json({ versions: [{ id: 'v2.0', status: 'CURRENT', links: self('') }] }))
  app.get('/v2.0', (c) =>
    c.json({ resources: RESOURCES.map((name) => ({ name, collection: `${name}s`, links: self(`${name}s`) })) }),
  )
  app.use('/v2.0/*', scoped(cloud))
  app.use(
    '/v2.0/*',
    writersOnly((method, path) => {
      const verb = { POST: 'create', PUT: 'update', DELETE: 'delete' }[method] ?? 'get'
      const resource = (path.split('/')[3] ?? '').replace(/s$/, '').replaceAll('-', '_')
      return new Refusal(403, `(rule:${verb}_${resource}) is disallowed by policy`, { type: 'PolicyNotAuthorized' })
    }),
  )
  app.get('/v2.0/extensions', (c) =>
    c.json({
      extensions: ['router', 'external-net', 'security-group', 'quotas', 'quota_details', 'pagination', 'sorting'].map(
        (alias) => ({ alias, name: alias, description: '', links: [], updated: '2013-01-01T00:00:00-00:00' }),
      ),
    }),
  )
  app.route('/v2.0', networkRows(cloud))
  app.route('/v2.0', portRoutes(cloud))
  app.route('/v2.0', routerRoutes(cloud))
  app.route('/v2.0', floatingIpRoutes(cloud))
  app.route('/v2.0', groupRoutes(cloud))

  app.get('/v2.0/quotas/:project', (c) => {
    readable(c.var.principal, c.req.param('project'))
    return c.json({ quota: networkLimits(cloud, c.req.param('project')) })
  })
  app.get('/v2.0/quotas/:project/default', (c) => c.json({ quota: NETWORK_DEFAULTS }))
  app.get('/v2.0/quotas/:project/:details{details(\\.json)?}', (c) => {
    const id = c.req.param('project')
    readable(c.var.principal, id)
    const used = networkUsage(cloud, id)
    const rows = Object.entries(networkLimits(cloud, id)).map(([name, limit]) => [
      name,
      { limit, used: used[name] ?? 0, reserved: 0 },
    ])
    return c.json({ quota: Object.fromEntries(rows) })
  })
  app.put('/v2.0/quotas/:project', async (c) => {
    const { quota } = check(z.object({ quota: z.record(z.string(), z.int().min(-1)) }), await readJson(c))
    if (!isAdmin(c.var.principal))
      throw new Refusal(403, '(rule:update_quota) is disallowed by policy', { type: 'PolicyNotAuthorized' })
    const projectId = c.req.param('project')
    const limits = { ...cloud.state.networkQuotas.get(projectId)?.limits, ...quota }
    cloud.state.networkQuotas.put(projectId, { projectId, limits })
    return c.json({ quota: networkLimits(cloud, projectId) })
  })
  return app
}
