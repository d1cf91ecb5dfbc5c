import { randomBytes } from 'node:crypto'
import { Hono, type Context } from 'hono'
import { z } from 'zod'
import type { Cloud, Env } from '../cloud.ts'
import type { Effect } from '#testbed/front/rule.ts'
import { badRequest } from '../refusal.ts'
import { checkBody, readBody } from './body.ts'
import { act, checkUnlocked } from './actions.ts'
import { serverOf } from './server-of.ts'
import { readWish } from './create-schema.ts'
import { createServers } from './create.ts'
import { beginDelete } from './deletion.ts'
import { listServers } from './list.ts'
import { metadataRoutes } from './metadata-routes.ts'
import type { Server } from './types.ts'
import { volumeAttachmentRoutes } from './volume-attachment-routes.ts'
import { allPlugs, links, listedView, serverBrief, serverView } from './view.ts'

const Change = z.object({
  server: z.object({ name: z.string().min(1).max(255).optional(), description: z.string().nullable().optional() }),
})

export function serverRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { servers } = cloud.state

  const list = (c: Context<Env>, detail: boolean): Response => {
    const query = new URL(c.req.url).searchParams
    const who = c.var.principal
    const plugs = allPlugs(cloud)
    const page = listServers(servers.values(), who, c.var.microversion, query, plugs, detail)
    if (page.next !== null) query.set('marker', page.next)
    const path = detail ? 'servers/detail' : 'servers'
    return c.json({
      servers: page.servers.map((server) =>
        detail
          ? listedView(serverView(cloud, who, c.var.microversion, server, plugs), server)
          : serverBrief(cloud, server),
      ),
      ...(page.next !== null && {
        servers_links: [{ rel: 'next', href: `${cloud.url}/compute/v2.1/${path}?${query.toString()}` }],
      }),
    })
  }
  app.get('/servers', (c) => list(c, false))
  app.get('/servers/detail', (c) => list(c, true))

  app.post('/servers', async (c) => {
    const body = await readBody(c)
    const wish = readWish(c.var.microversion, body)
    const made = createServers(cloud, c.var.principal, wish, c.env.requestId, c.env.effect)
    const [first] = made
    if (first === undefined) throw badRequest('No server was asked for.')
    if (wish.return_reservation_id === true || String(wish.return_reservation_id).toLowerCase() === 'true')
      return c.json({ reservation_id: first.reservationId }, 202)
    const [self] = links(cloud, `servers/${first.id}`)
    c.header('Location', self?.href)
    return c.json(
      {
        server: {
          id: first.id,
          links: links(cloud, `servers/${first.id}`),
          'OS-DCF:diskConfig': wish['OS-DCF:diskConfig'] ?? 'MANUAL',
          security_groups: first.securityGroups.map((name) => ({ name })),
          adminPass: wish.adminPass ?? randomBytes(9).toString('base64url'),
        },
      },
      202,
    )
  })

  const view = (c: Context<Env>, server: Server) => ({
    server: serverView(cloud, c.var.principal, c.var.microversion, server, allPlugs(cloud)),
  })
  app.get('/servers/:id', (c) => c.json(view(c, serverOf(cloud, c))))
  app.put('/servers/:id', async (c) => {
    const { server: change } = checkBody(Change, await readBody(c))
    const server = serverOf(cloud, c)
    const changed = {
      ...server,
      name: change.name ?? server.name,
      description: change.description === undefined ? server.description : change.description,
      updatedAt: cloud.now(),
    }
    cloud.life.put(changed)
    return c.json(view(c, changed))
  })
  app.delete('/servers/:id', (c) => {
    const server = serverOf(cloud, c)
    checkUnlocked(c.var.principal, server)
    cloud.life.put(beginDelete(cloud, struck(server, c.env.effect), false))
    return c.body(null, 204)
  })
  app.post('/servers/:id/action', async (c) => {
    const body = await readBody(c)
    const server = struck(serverOf(cloud, c), c.env.effect)
    const [action, ...more] = typeof body === 'object' && body !== null ? Object.entries(body) : []
    if (action === undefined || more.length > 0)
      throw badRequest('There must be exactly one action in the request body.')
    const answer = act(cloud, c.var.principal, c.var.microversion, server, action[0], action[1])
    if (answer.location !== undefined) c.header('Location', answer.location)
    return answer.body === undefined ? c.body(null, answer.status) : c.json(answer.body, answer.status)
  })
  app.get('/servers/:id/ips', (c) => c.json({ addresses: allPlugs(cloud).get(serverOf(cloud, c).id)?.addresses ?? {} }))
  app.get('/servers/:id/os-interface', (c) => {
    const { id } = serverOf(cloud, c)
    const ports = [...cloud.state.ports.values()].filter((port) => port.deviceId === id)
    return c.json({
      interfaceAttachments: ports.map((port) => ({
        port_id: port.id,
        net_id: port.networkId,
        port_state: port.status,
        mac_addr: port.mac,
        fixed_ips: port.fixedIps,
      })),
    })
  })
  app.route('/', metadataRoutes(cloud))
  app.route('/', volumeAttachmentRoutes(cloud))
  return app
}

/** The server as a fault will have it in its deletion. */
const struck = (server: Server, effect: Effect | null): Server => ({
  ...server,
  deleteSticks: effect?.kind === 'stuck-deleting' ? (effect.untilForced ? 'until-forced' : true) : server.deleteSticks,
  keepsPorts: server.keepsPorts || effect?.kind === 'keep-ports',
  keepsVolumes: effect?.kind === 'keep-volumes' ? effect.as : server.keepsVolumes,
})
