import { Hono, type Context } from 'hono'
import { z } from 'zod'
import type { Cloud, Env } from '../cloud.ts'
import { badRequest, forbidden, notFound } from '../refusal.ts'
import { checkBody, readBody } from './body.ts'
import { checkUnlocked } from './actions.ts'
import { Metadata } from './create-schema.ts'
import { computeLimits } from './quota.ts'
import { serverOf } from './server-of.ts'
import type { Server } from './types.ts'

const Body = z.object({ metadata: Metadata })

/** Metadata and tags of a server. */
export function metadataRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const put = (c: Context<Env>, server: Server, metadata: Record<string, string>): void => {
    checkUnlocked(c.var.principal, server)
    const max = computeLimits(cloud, server.projectId)['metadata_items'] ?? 128
    if (max >= 0 && Object.keys(metadata).length > max)
      throw forbidden(`Maximum number of metadata items exceeds ${max}`)
    cloud.life.put({ ...server, metadata, updatedAt: cloud.now() })
  }
  app.get('/servers/:id/metadata', (c) => c.json({ metadata: serverOf(cloud, c).metadata }))
  app.put('/servers/:id/metadata', async (c) => {
    const { metadata } = checkBody(Body, await readBody(c))
    put(c, serverOf(cloud, c), metadata)
    return c.json({ metadata })
  })
  app.post('/servers/:id/metadata', async (c) => {
    const body = checkBody(Body, await readBody(c))
    const server = serverOf(cloud, c)
    const metadata = { ...server.metadata, ...body.metadata }
    put(c, server, metadata)
    return c.json({ metadata })
  })
  app.get('/servers/:id/metadata/:key', (c) => {
    const value = serverOf(cloud, c).metadata[c.req.param('key')]
    if (value === undefined) throw notFound('Metadata item was not found')
    return c.json({ meta: { [c.req.param('key')]: value } })
  })
  app.put('/servers/:id/metadata/:key', async (c) => {
    const { meta } = checkBody(z.object({ meta: Metadata }), await readBody(c))
    if (Object.keys(meta).length !== 1 || !(c.req.param('key') in meta))
      throw badRequest('Request body and URI mismatch')
    const server = serverOf(cloud, c)
    put(c, server, { ...server.metadata, ...meta })
    return c.json({ meta })
  })
  app.delete('/servers/:id/metadata/:key', (c) => {
    const server = serverOf(cloud, c)
    const { [c.req.param('key')]: gone, ...metadata } = server.metadata
    if (gone === undefined) throw notFound('Metadata item was not found')
    put(c, server, metadata)
    return c.body(null, 204)
  })

  app.get('/servers/:id/tags', (c) => c.json({ tags: serverOf(cloud, c).tags }))
  app.put('/servers/:id/tags', async (c) => {
    const { tags } = checkBody(z.object({ tags: z.array(z.string().min(1).max(60)).max(50) }), await readBody(c))
    cloud.life.put({ ...serverOf(cloud, c), tags, updatedAt: cloud.now() })
    return c.json({ tags })
  })
  app.put('/servers/:id/tags/:tag', (c) => {
    const server = serverOf(cloud, c)
    if (server.tags.includes(c.req.param('tag'))) return c.body(null, 204)
    cloud.life.put({ ...server, tags: [...server.tags, c.req.param('tag')], updatedAt: cloud.now() })
    return c.body(null, 201)
  })
  app.delete('/servers/:id/tags/:tag', (c) => {
    const server = serverOf(cloud, c)
    if (!server.tags.includes(c.req.param('tag')))
      throw notFound(`Server ${server.id} has no tag '${c.req.param('tag')}'`)
    cloud.life.put({ ...server, tags: server.tags.filter((tag) => tag !== c.req.param('tag')), updatedAt: cloud.now() })
    return c.body(null, 204)
  })
  return app
}
