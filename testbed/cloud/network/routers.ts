import { Hono, type Context } from 'hono'
import { z } from 'zod'
import { seconds } from '../clock-text.ts'
import type { Cloud, Env } from '../cloud.ts'
import { projectOf } from '../identity/roles.ts'
import { seededUuid, uuid } from '../ids.ts'
import { check, readJson } from '../read-json.ts'
import { Refusal } from '../refusal.ts'
import { collection, mine, own } from './collection.ts'
import { checkNetworkQuota } from './quota.ts'
import type { Network, Router } from './types.ts'

const NewRouter = z.object({
  router: z.object({
    name: z.string().default(''),
    external_gateway_info: z.object({ network_id: z.string() }).nullable().optional(),
  }),
})
const Interface = z.object({ subnet_id: z.string() })

const routerView = (row: Router) => ({
  id: row.id,
  name: row.name,
  project_id: row.projectId,
  tenant_id: row.projectId,
  status: 'ACTIVE',
  admin_state_up: true,
  external_gateway_info: row.gatewayNetworkId === null ? null : { network_id: row.gatewayNetworkId, enable_snat: true },
  routes: [],
  created_at: seconds(row.createdAt),
})

/** The port is named alone: no list shows it. */
const legView = (router: Router, subnetId: string) => ({
  id: router.id,
  subnet_id: subnetId,
  subnet_ids: [subnetId],
  port_id: seededUuid('leg', router.id, subnetId),
})

/** Whether floating IPs of the external network reach the network: the provider's shared ones always do. */
export const reachable = (cloud: Cloud, network: Network, external: Network): boolean =>
  network.shared ||
  [...cloud.state.routers.values()].some(
    (router) =>
      router.gatewayNetworkId === external.id &&
      router.subnetIds.some((id) => cloud.state.subnets.get(id)?.networkId === network.id),
  )

/** Routers: what stands between a project's own network and the outside. */
export function routerRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { routers, subnets, networks } = cloud.state
  const one = (c: Context<Env>): Router => {
    const id = c.req.param('id') ?? ''
    return own(c.var.principal, routers.get(id), 'RouterNotFound', `Router ${id}`)
  }

  app.get('/routers', (c) => collection(cloud, c, 'routers', mine(c.var.principal, routers.values()).map(routerView)))
  app.get('/routers/:id', (c) => c.json({ router: routerView(one(c)) }))
  app.post('/routers', async (c) => {
    const { router: wanted } = check(NewRouter, await readJson(c))
    const gateway = wanted.external_gateway_info?.network_id ?? null
    if (gateway !== null && networks.get(gateway)?.external !== true)
      throw new Refusal(400, `Bad router request: Network ${gateway} is not an external network.`, {
        type: 'BadRequest',
      })
    const projectId = projectOf(c.var.principal)
    checkNetworkQuota(cloud, projectId, 'router')
    const made: Router = {
      id: uuid(),
      name: wanted.name,
      projectId,
      gatewayNetworkId: gateway,
      subnetIds: [],
      createdAt: cloud.now(),
    }
    routers.put(made.id, made)
    return c.json({ router: routerView(made) }, 201)
  })
  app.put('/routers/:id/add_router_interface', async (c) => {
    const { subnet_id: id } = check(Interface, await readJson(c))
    const router = one(c)
    const subnet = own(c.var.principal, subnets.get(id), 'SubnetNotFound', `Subnet ${id}`)
    if (router.subnetIds.includes(id))
      throw new Refusal(400, `Bad router request: Router already has a port on subnet ${id}.`, { type: 'BadRequest' })
    routers.put(router.id, { ...router, subnetIds: [...router.subnetIds, id] })
    return c.json({ ...legView(router, id), network_id: subnet.networkId })
  })
  app.put('/routers/:id/remove_router_interface', async (c) => {
    const { subnet_id: id } = check(Interface, await readJson(c))
    const router = one(c)
    if (!router.subnetIds.includes(id))
      throw new Refusal(404, `Router ${router.id} has no interface on subnet ${id}`, {
        type: 'RouterInterfaceNotFoundForSubnet',
      })
    routers.put(router.id, { ...router, subnetIds: router.subnetIds.filter((held) => held !== id) })
    return c.json({ ...legView(router, id), network_id: subnets.get(id)?.networkId })
  })
  app.delete('/routers/:id', (c) => {
    const router = one(c)
    if (router.subnetIds.length > 0)
      throw new Refusal(409, `Router ${router.id} still has ports`, { type: 'RouterInUse' })
    routers.delete(router.id)
    return c.body(null, 204)
  })
  return app
}
