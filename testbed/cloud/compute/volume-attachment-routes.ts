import { Hono } from 'hono'
import { z } from 'zod'
import { ownVolume } from '../block-storage/rights.ts'
import { attachVolume, detachVolume } from '../block-storage/volumes.ts'
import type { Cloud, Env } from '../cloud.ts'
import { badRequest, forbidden, notFound } from '../refusal.ts'
import { checkBody, readBody } from './body.ts'
import { checkUnlocked } from './actions.ts'
import { serverOf } from './server-of.ts'
import type { Server } from './types.ts'

const Attach = z.object({
  volumeAttachment: z.object({
    volumeId: z.string(),
    device: z.string().nullish(),
    delete_on_termination: z.boolean().optional(),
  }),
})

const Change = z.object({
  volumeAttachment: z.object({ volumeId: z.string(), delete_on_termination: z.boolean() }),
})

/** os-volume_attachments: which volumes a server has. */
export function volumeAttachmentRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const view = (microversion: number, server: Server, one: Server['volumes'][number]) => ({
    ...(microversion < 89 && { id: one.id }),
    volumeId: one.id,
    serverId: server.id,
    device: one.device,
    ...(microversion >= 70 && { tag: null }),
    ...(microversion >= 79 && { delete_on_termination: one.deleteOnTermination }),
    ...(microversion >= 89 && {
      attachment_id: cloud.state.volumes.get(one.id)?.attachments.find(({ serverId }) => serverId === server.id)?.id,
      bdm_uuid: one.id,
    }),
  })
  const oneOf = (server: Server, id: string): Server['volumes'][number] => {
    const found = server.volumes.find((one) => one.id === id)
    if (found === undefined) throw notFound(`volume_id not found: ${id}`)
    return found
  }

  app.get('/servers/:id/os-volume_attachments', (c) => {
    const server = serverOf(cloud, c)
    return c.json({ volumeAttachments: server.volumes.map((one) => view(c.var.microversion, server, one)) })
  })
  app.get('/servers/:id/os-volume_attachments/:volume', (c) => {
    const server = serverOf(cloud, c)
    return c.json({ volumeAttachment: view(c.var.microversion, server, oneOf(server, c.req.param('volume'))) })
  })
  app.post('/servers/:id/os-volume_attachments', async (c) => {
    const { volumeAttachment: wish } = checkBody(Attach, await readBody(c))
    const server = serverOf(cloud, c)
    checkUnlocked(c.var.principal, server)
    if (wish.delete_on_termination !== undefined && c.var.microversion < 79)
      throw badRequest("Additional properties are not allowed ('delete_on_termination' was unexpected)")
    const volume = ownVolume(cloud, c, wish.volumeId, `Volume ${wish.volumeId} could not be found.`)
    if (volume.status !== 'available')
      throw badRequest(
        `Invalid volume: Volume ${volume.id} status must be available or downloading to reserve, but the current status is ${volume.status}.`,
      )
    const device = wish.device ?? `/dev/vd${String.fromCodePoint(98 + server.volumes.filter((v) => !v.boot).length)}`
    const taken = {
      id: volume.id,
      boot: false,
      device,
      deleteOnTermination: wish.delete_on_termination ?? false,
    }
    const changed = { ...server, volumes: [...server.volumes, taken] }
    attachVolume(cloud, volume, server.id, device, cloud.volumes.soon())
    cloud.life.put(changed)
    return c.json({ volumeAttachment: view(c.var.microversion, changed, taken) })
  })
  app.put('/servers/:id/os-volume_attachments/:volume', async (c) => {
    const { volumeAttachment: wish } = checkBody(Change, await readBody(c))
    const server = serverOf(cloud, c)
    const { id } = oneOf(server, c.req.param('volume'))
    if (c.var.microversion < 85)
      throw badRequest("Additional properties are not allowed ('delete_on_termination' was unexpected)")
    const volumes = server.volumes.map((one) =>
      one.id === id ? { ...one, deleteOnTermination: wish.delete_on_termination } : one,
    )
    const volume = cloud.state.volumes.get(id)
    if (volume !== undefined)
      cloud.volumes.put({ ...volume, madeFor: wish.delete_on_termination ? volume.madeFor : null })
    cloud.life.put({ ...server, volumes })
    return c.body(null, 202)
  })
  app.delete('/servers/:id/os-volume_attachments/:volume', (c) => {
    const server = serverOf(cloud, c)
    checkUnlocked(c.var.principal, server)
    const one = oneOf(server, c.req.param('volume'))
    if (one.boot) throw forbidden('Cannot detach a root device volume')
    const volume = cloud.state.volumes.get(one.id)
    if (volume !== undefined) detachVolume(cloud, volume, server.id)
    cloud.life.put({ ...server, volumes: server.volumes.filter(({ id }) => id !== one.id) })
    return c.body(null, 202)
  })
  return app
}
