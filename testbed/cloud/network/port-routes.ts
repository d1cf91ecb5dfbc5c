import { Hono } from 'hono'
import { z } from 'zod'
import type { Cloud, Env } from '../cloud.ts'
import { projectOf } from '../identity/roles.ts'
import { check, readJson } from '../read-json.ts'
import { Refusal } from '../refusal.ts'
import { collection, mine, own } from './collection.ts'
import { defaultGroup } from './groups.ts'
import { canUse } from './networks.ts'
import { addPort, removePort } from './ports.ts'
import { checkNetworkQuota } from './quota.ts'
import { portView } from './views.ts'

const NewPort = z.object({
  port: z.object({
    network_id: z.string(),
    name: z.string().optional(),
    device_id: z.string().optional(),
    device_owner: z.string().optional(),
    fixed_ips: z.array(z.object({ ip_address: z.string().optional() })).optional(),
    security_groups: z.array(z.string()).optional(),
  }),
})
const PortChange = z.object({
  port: z.object({
    name: z.string().optional(),
    device_id: z.string().optional(),
    device_owner: z.string().optional(),
    security_groups: z.array(z.string()).optional(),
  }),
})

export function portRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { ports, networks } = cloud.state
  app.get('/ports', (c) => collection(cloud, c, 'ports', mine(c.var.principal, ports.values()).map(portView)))
  app.get('/ports/:id', (c) => {
    const id = c.req.param('id')
    return c.json({ port: portView(own(c.var.principal, ports.get(id), 'PortNotFound', `Port ${id}`)) })
  })
  app.post('/ports', async (c) => {
    const { port: wanted } = check(NewPort, await readJson(c))
    const network = networks.get(wanted.network_id)
    if (network === undefined || !canUse(c.var.principal, network))
      throw new Refusal(404, `Network ${wanted.network_id} could not be found.`, { type: 'NetworkNotFound' })
    const projectId = projectOf(c.var.principal)
    checkNetworkQuota(cloud, projectId, 'port')
    const fixedIp = wanted.fixed_ips?.[0]?.ip_address
    const made = addPort(cloud, {
      network,
      projectId,
      securityGroups: wanted.security_groups ?? [defaultGroup(cloud, projectId).id],
      ...(wanted.name !== undefined && { name: wanted.name }),
      ...(wanted.device_id !== undefined && { deviceId: wanted.device_id }),
      ...(wanted.device_owner !== undefined && { deviceOwner: wanted.device_owner }),
      ...(fixedIp !== undefined && { fixedIp }),
    })
    return c.json({ port: portView(made) }, 201)
  })
  app.put('/ports/:id', async (c) => {
    const { port: change } = check(PortChange, await readJson(c))
    const id = c.req.param('id')
    const port = own(c.var.principal, ports.get(id), 'PortNotFound', `Port ${id}`)
    const changed = {
      ...port,
      name: change.name ?? port.name,
      deviceId: change.device_id ?? port.deviceId,
      deviceOwner: change.device_owner ?? port.deviceOwner,
      securityGroups: change.security_groups ?? port.securityGroups,
    }
    ports.put(id, changed)
    return c.json({ port: portView(changed) })
  })
  app.delete('/ports/:id', (c) => {
    const id = c.req.param('id')
    removePort(cloud, own(c.var.principal, ports.get(id), 'PortNotFound', `Port ${id}`).id)
    return c.body(null, 204)
  })
  return app
}
