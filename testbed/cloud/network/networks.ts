import { Hono } from 'hono'
import { z } from 'zod'
import type { Cloud, Env } from '../cloud.ts'
import { isAdmin, projectOf } from '../identity/roles.ts'
import type { Principal } from '../identity/types.ts'
import { uuid } from '../ids.ts'
import { check, readJson } from '../read-json.ts'
import { Refusal } from '../refusal.ts'
import { defaultPool, hostRange, toText } from './address.ts'
import { collection, own } from './collection.ts'
import { checkNetworkQuota } from './quota.ts'
import type { Network, Subnet } from './types.ts'
import { networkView, subnetView } from './views.ts'

export const canUse = (who: Principal, network: Network): boolean =>
  network.shared || network.external || network.projectId === projectOf(who) || isAdmin(who)

const NewNetwork = z.object({
  network: z.object({
    name: z.string().max(255).default(''),
    description: z.string().default(''),
    shared: z.boolean().default(false),
    'router:external': z.boolean().default(false),
  }),
})
const NewSubnet = z.object({
  subnet: z.object({
    network_id: z.string(),
    name: z.string().default(''),
    cidr: z.string(),
    ip_version: z.literal(4),
    gateway_ip: z.string().nullable().optional(),
    allocation_pools: z
      .array(z.object({ start: z.string(), end: z.string() }))
      .max(1)
      .optional(),
  }),
})

const notFound = (type: string, what: string): Refusal => new Refusal(404, `${what} could not be found.`, { type })

/** Networks and their subnets. */
export function networkRows(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { networks, subnets, ports } = cloud.state

  const visible = (who: Principal, id: string): Network => {
    const found = networks.get(id)
    if (found === undefined || !canUse(who, found)) throw notFound('NetworkNotFound', `Network ${id}`)
    return found
  }
  app.get('/networks', (c) =>
    collection(
      cloud,
      c,
      'networks',
      [...networks.values()].filter((n) => canUse(c.var.principal, n)).map((n) => networkView(cloud, n)),
    ),
  )
  app.get('/networks/:id', (c) => c.json({ network: networkView(cloud, visible(c.var.principal, c.req.param('id'))) }))
  app.post('/networks', async (c) => {
    const { network: wanted } = check(NewNetwork, await readJson(c))
    if ((wanted.shared || wanted['router:external']) && !isAdmin(c.var.principal))
      throw new Refusal(403, '(rule:create_network and rule:create_network:shared) is disallowed by policy', {
        type: 'PolicyNotAuthorized',
      })
    const projectId = projectOf(c.var.principal)
    checkNetworkQuota(cloud, projectId, 'network')
    const made: Network = {
      id: uuid(),
      name: wanted.name,
      projectId,
      shared: wanted.shared,
      external: wanted['router:external'],
      description: wanted.description,
      createdAt: cloud.now(),
    }
    networks.put(made.id, made)
    return c.json({ network: networkView(cloud, made) }, 201)
  })
  app.delete('/networks/:id', (c) => {
    const id = c.req.param('id')
    const network = own(c.var.principal, visible(c.var.principal, id), 'NetworkNotFound', `Network ${id}`)
    if ([...ports.values()].some((port) => port.networkId === id))
      throw new Refusal(
        409,
        `Unable to complete operation on network ${id}. There are one or more ports still in use on the network.`,
        { type: 'NetworkInUse' },
      )
    for (const subnet of subnets.values()) if (subnet.networkId === network.id) subnets.delete(subnet.id)
    networks.delete(network.id)
    return c.body(null, 204)
  })

  const usable = (who: Principal): Subnet[] =>
    [...subnets.values()].filter((subnet) => {
      const network = networks.get(subnet.networkId)
      return network !== undefined && canUse(who, network)
    })
  app.get('/subnets', (c) => collection(cloud, c, 'subnets', usable(c.var.principal).map(subnetView)))
  app.get('/subnets/:id', (c) => {
    const found = usable(c.var.principal).find((subnet) => subnet.id === c.req.param('id'))
    if (found === undefined) throw notFound('SubnetNotFound', `Subnet ${c.req.param('id')}`)
    return c.json({ subnet: subnetView(found) })
  })
  app.post('/subnets', async (c) => {
    const { subnet: wanted } = check(NewSubnet, await readJson(c))
    const network = own(
      c.var.principal,
      networks.get(wanted.network_id),
      'NetworkNotFound',
      `Network ${wanted.network_id}`,
    )
    checkNetworkQuota(cloud, projectOf(c.var.principal), 'subnet')
    const made = { ...newSubnet(wanted), networkId: network.id, projectId: network.projectId, createdAt: cloud.now() }
    subnets.put(made.id, made)
    return c.json({ subnet: subnetView(made) }, 201)
  })
  app.delete('/subnets/:id', (c) => {
    const id = c.req.param('id')
    own(c.var.principal, subnets.get(id), 'SubnetNotFound', `Subnet ${id}`)
    if ([...ports.values()].some((port) => port.fixedIps.some((fixed) => fixed.subnet_id === id)))
      throw new Refusal(
        409,
        `Unable to complete operation on subnet ${id}: One or more ports have an IP allocation from this subnet.`,
        { type: 'SubnetInUse' },
      )
    subnets.delete(id)
    return c.body(null, 204)
  })
  return app
}

type SubnetWish = z.infer<typeof NewSubnet>['subnet']

function newSubnet(wanted: SubnetWish): Pick<Subnet, 'id' | 'name' | 'cidr' | 'gateway' | 'pool'> {
  try {
    const gateway = wanted.gateway_ip === undefined ? toText(hostRange(wanted.cidr)[0]) : wanted.gateway_ip
    const pool = wanted.allocation_pools?.[0]
    return {
      id: uuid(),
      name: wanted.name,
      cidr: wanted.cidr,
      gateway,
      pool: pool === undefined ? defaultPool(wanted.cidr, gateway) : [pool.start, pool.end],
    }
  } catch (error) {
    throw new Refusal(400, `Invalid input for cidr. Reason: ${String(error)}`, { type: 'HTTPBadRequest' })
  }
}
