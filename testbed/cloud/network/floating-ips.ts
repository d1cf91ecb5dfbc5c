import { Hono } from 'hono'
import { z } from 'zod'
import type { Cloud, Env } from '../cloud.ts'
import { projectOf } from '../identity/roles.ts'
import type { Principal } from '../identity/types.ts'
import { uuid } from '../ids.ts'
import { check, readJson } from '../read-json.ts'
import { Refusal } from '../refusal.ts'
import { collection, mine, own } from './collection.ts'
import { takeAddress } from './ports.ts'
import { reachable } from './routers.ts'
import { checkNetworkQuota } from './quota.ts'
import type { FloatingIp } from './types.ts'
import { floatingIpView } from './views.ts'

const NewFloatingIp = z.object({
  floatingip: z.object({
    floating_network_id: z.string(),
    port_id: z.string().nullable().optional(),
    description: z.string().default(''),
    floating_ip_address: z.string().optional(),
  }),
})
const Change = z.object({
  floatingip: z.object({ port_id: z.string().nullable().optional(), description: z.string().optional() }),
})

export function floatingIpRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { floatingIps, networks, ports } = cloud.state

  const towards = (
    who: Principal,
    portId: string | null,
    self: string,
    external: string,
  ): Pick<FloatingIp, 'portId' | 'fixedIp'> => {
    if (portId === null) return { portId: null, fixedIp: null }
    const port = own(who, ports.get(portId), 'PortNotFound', `Port ${portId}`)
    const [inside, outside] = [networks.get(port.networkId), networks.get(external)]
    if (inside === undefined || outside === undefined || !reachable(cloud, inside, outside))
      throw new Refusal(
        404,
        `External network ${external} is not reachable from subnet ${port.fixedIps[0]?.subnet_id ?? ''}. Therefore, cannot associate Port ${portId} with a Floating IP.`,
        { type: 'ExternalGatewayForFloatingIPNotFound' },
      )
    const other = [...floatingIps.values()].find((ip) => ip.portId === portId && ip.id !== self)
    if (other !== undefined)
      throw new Refusal(
        409,
        `Cannot associate floating IP with port ${portId}: it already has the floating IP ${other.address}.`,
        { type: 'FloatingIPPortAlreadyAssociated' },
      )
    return { portId, fixedIp: port.fixedIps[0]?.ip_address ?? null }
  }
  const one = (who: Principal, id: string): FloatingIp =>
    own(who, floatingIps.get(id), 'FloatingIPNotFound', `Floating IP ${id}`)

  app.get('/floatingips', (c) =>
    collection(cloud, c, 'floatingips', mine(c.var.principal, floatingIps.values()).map(floatingIpView)),
  )
  app.get('/floatingips/:id', (c) => c.json({ floatingip: floatingIpView(one(c.var.principal, c.req.param('id'))) }))
  app.post('/floatingips', async (c) => {
    const { floatingip: wanted } = check(NewFloatingIp, await readJson(c))
    const network = networks.get(wanted.floating_network_id)
    if (network === undefined)
      throw new Refusal(404, `Network ${wanted.floating_network_id} could not be found.`, { type: 'NetworkNotFound' })
    if (!network.external)
      throw new Refusal(400, `Bad floatingip request: Network ${network.id} is not a valid external network.`, {
        type: 'BadRequest',
      })
    const projectId = projectOf(c.var.principal)
    checkNetworkQuota(cloud, projectId, 'floatingip')
    const id = uuid()
    const made: FloatingIp = {
      id,
      networkId: network.id,
      projectId,
      address: takeAddress(cloud, network, wanted.floating_ip_address).ip_address,
      description: wanted.description,
      createdAt: cloud.now(),
      ...towards(c.var.principal, wanted.port_id ?? null, id, network.id),
    }
    floatingIps.put(id, made)
    return c.json({ floatingip: floatingIpView(made) }, 201)
  })
  app.put('/floatingips/:id', async (c) => {
    const { floatingip: change } = check(Change, await readJson(c))
    const found = one(c.var.principal, c.req.param('id'))
    const changed: FloatingIp = {
      ...found,
      description: change.description ?? found.description,
      ...(change.port_id !== undefined && towards(c.var.principal, change.port_id, found.id, found.networkId)),
    }
    floatingIps.put(found.id, changed)
    return c.json({ floatingip: floatingIpView(changed) })
  })
  app.delete('/floatingips/:id', (c) => {
    floatingIps.delete(one(c.var.principal, c.req.param('id')).id)
    return c.body(null, 204)
  })
  return app
}
