import { Hono, type Context, type MiddlewareHandler } from 'hono'
import type { Cloud, Env } from '../cloud.ts'
import { isLive } from '../compute/status.ts'
import type { Host } from '../compute/types.ts'
import { isAdmin } from '../identity/roles.ts'
import { badRequest, forbidden, notFound } from '../refusal.ts'
import { scoped } from '../scoped.ts'
import { CLASSES, hasRoom, held, HOST_TRAITS, providerId, totals, TRAITS, used, type Resources } from './providers.ts'

const NEWEST = '1.39'

const administrators: MiddlewareHandler<Env> = async (c, next) => {
  if (!isAdmin(c.var.principal)) throw forbidden('Access was denied to this resource.')
  await next()
}

/** `VCPU:4,MEMORY_MB:8192` */
function resourcesOf(text: string): Resources {
  const pairs = text.split(',').map((pair) => pair.split(':'))
  return Object.fromEntries(
    pairs.map(([name = '', amount = '']) => {
      if (!CLASSES.includes(name)) throw badRequest(`Invalid resource class in resources parameter: ${name}`)
      if (!/^[1-9]\d*$/.test(amount)) throw badRequest(`Requested resource ${name} expected positive integer amount.`)
      return [name, Number(amount)]
    }),
  )
}

/** `COMPUTE_NODE,!HW_CPU_X86_AVX2` */
const satisfied = (required: string | undefined): boolean =>
  (required ?? '')
    .split(',')
    .filter((trait) => trait !== '')
    .every((trait) => (trait.startsWith('!') ? !HOST_TRAITS.includes(trait.slice(1)) : HOST_TRAITS.includes(trait)))

/** Placement, to be read: each host is a provider, what its servers have is allocated. */
export function placementRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { hosts, servers } = cloud.state
  app.get('/', (c) =>
    c.json({
      versions: [
        { id: 'v1.0', status: 'CURRENT', min_version: '1.0', max_version: NEWEST, links: [{ rel: 'self', href: '' }] },
      ],
    }),
  )
  app.use('/*', scoped(cloud), administrators, async (c, next) => {
    await next()
    c.res.headers.set('OpenStack-API-Version', `placement ${NEWEST}`)
  })

  const view = (host: Host) => ({
    uuid: providerId(host),
    name: host.name,
    generation: 1,
    parent_provider_uuid: null,
    root_provider_uuid: providerId(host),
    links: [{ rel: 'self', href: `/placement/resource_providers/${providerId(host)}` }],
  })
  const one = (c: Context<Env>): Host => {
    const id = c.req.param('id') ?? ''
    const found = [...hosts.values()].find((host) => providerId(host) === id)
    if (found === undefined) throw notFound(`No resource provider with uuid ${id} found : No such provider.`)
    return found
  }
  const fit = (c: Context<Env>): Host[] => {
    const [wanted, required] = [c.req.query('resources'), c.req.query('required')]
    // There are no aggregates.
    if (!satisfied(required) || c.req.query('member_of') !== undefined) return []
    const resources = wanted === undefined ? {} : resourcesOf(wanted)
    return [...hosts.values()].filter((host) => hasRoom(cloud, host, resources))
  }

  app.get('/resource_providers', (c) => {
    const [name, tree] = [c.req.query('name'), c.req.query('in_tree')]
    const found = fit(c)
      .filter((host) => name === undefined || host.name === name)
      .filter((host) => tree === undefined || providerId(host) === tree)
    return c.json({ resource_providers: found.map(view) })
  })
  app.get('/resource_providers/:id', (c) => c.json(view(one(c))))
  app.get('/resource_providers/:id/inventories', (c) => {
    const rows = Object.entries(totals(one(c))).map(([name, total]) => [
      name,
      { total, reserved: 0, min_unit: 1, max_unit: total, step_size: 1, allocation_ratio: 1 },
    ])
    return c.json({ resource_provider_generation: 1, inventories: Object.fromEntries(rows) })
  })
  app.get('/resource_providers/:id/usages', (c) =>
    c.json({ resource_provider_generation: 1, usages: used(cloud, one(c)) }),
  )
  app.get('/resource_providers/:id/aggregates', (c) => {
    one(c)
    return c.json({ aggregates: [], resource_provider_generation: 1 })
  })
  app.get('/resource_providers/:id/traits', (c) => {
    one(c)
    return c.json({ traits: HOST_TRAITS, resource_provider_generation: 1 })
  })

  app.get('/allocations/:server', (c) => {
    const server = servers.get(c.req.param('server'))
    const host = server?.host == null || !isLive(server) ? undefined : hosts.get(server.host)
    // Of whom it does not know Placement says that they hold nothing.
    if (server === undefined || host === undefined) return c.json({ allocations: {} })
    const { projectId, userId, flavor } = server
    const allocations = { [providerId(host)]: { generation: 1, resources: held(flavor) } }
    return c.json({ allocations, project_id: projectId, user_id: userId, consumer_generation: 1 })
  })
  app.get('/allocation_candidates', (c) => {
    const wanted = c.req.query('resources')
    if (wanted === undefined) throw badRequest("Invalid query string parameters: 'resources' is a required property")
    const resources = resourcesOf(wanted)
    const found = fit(c).slice(0, Number(c.req.query('limit') ?? 1000))
    const summary = (host: Host) => {
      const now = used(cloud, host)
      const rows = Object.entries(totals(host)).map(([name, capacity]) => [name, { capacity, used: now[name] ?? 0 }])
      return { resources: Object.fromEntries(rows), traits: HOST_TRAITS, parent_provider_uuid: null }
    }
    return c.json({
      allocation_requests: found.map((host) => ({ allocations: { [providerId(host)]: { resources } }, mappings: {} })),
      provider_summaries: Object.fromEntries(found.map((host) => [providerId(host), summary(host)])),
    })
  })

  app.get('/resource_classes', (c) => c.json({ resource_classes: CLASSES.map((name) => ({ name, links: [] })) }))
  app.get('/traits', (c) => {
    const prefix = c.req.query('name')?.replace('startswith:', '') ?? ''
    const all = c.req.query('associated')?.toLowerCase() === 'true' ? HOST_TRAITS : TRAITS
    return c.json({ traits: all.filter((trait) => trait.startsWith(prefix)) })
  })
  app.get('/usages', (c) => {
    const [project, user] = [c.req.query('project_id'), c.req.query('user_id')]
    if (project === undefined) throw badRequest("Invalid query string parameters: 'project_id' is a required property")
    const theirs = [...servers.values()].filter(
      (server) => server.projectId === project && isLive(server) && (user === undefined || server.userId === user),
    )
    const usages: Resources = {}
    for (const { flavor } of theirs)
      for (const [name, amount] of Object.entries(held(flavor))) usages[name] = (usages[name] ?? 0) + amount
    return c.json({ usages })
  })
  return app
}
