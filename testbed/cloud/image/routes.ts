import { Hono, type Context } from 'hono'
import type { Cloud, Env } from '../cloud.ts'
import { projectOf } from '../identity/roles.ts'
import { isUuid, uuid } from '../ids.ts'
import { readJson } from '../read-json.ts'
import { badRequest, conflict, forbidden, Refusal } from '../refusal.ts'
import { scoped, writersOnly } from '../scoped.ts'
import { dataRoutes } from './data.ts'
import { setField } from './fields.ts'
import { listImages } from './list.ts'
import { memberRoutes } from './members.ts'
import { PATCH_TYPES, patchImage, wrongPatchType } from './patch.ts'
import type { Image, Member } from './types.ts'
import { imageView } from './view.ts'
import { memberKey, ownImage, visibleImage } from './visibility.ts'

/** Glance v2. */
export function imageRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { images, members } = cloud.state
  const memberOf = (imageId: string, project: string): Member | undefined => members.get(memberKey(imageId, project))
  const versions = {
    versions: Array.from({ length: 17 }, (_, n) => ({
      id: `v2.${16 - n}`,
      status: n === 0 ? 'CURRENT' : 'SUPPORTED',
      links: [{ rel: 'self', href: `${cloud.url}/image/v2/` }],
    })),
  }
  app.get('/', (c) => c.json(versions, 300))
  app.get('/versions', (c) => c.json(versions))
  app.get('/v2', (c) => c.json(versions, 300))

  app.use('/v2/*', scoped(cloud))
  app.use(
    '/v2/*',
    writersOnly(() => forbidden('You are not authorized to complete this action.')),
  )

  const seen = (c: Context<Env>): Image => {
    const id = c.req.param('id') ?? ''
    return visibleImage(c.var.principal, images.get(id), id, memberOf)
  }

  // Import is switched off.
  app.get('/v2/info/import', (c) =>
    c.json({ 'import-methods': { description: 'Import methods available.', type: 'array', value: [] } }),
  )
  app.get('/v2/images', (c) => {
    const query = new URL(c.req.url).searchParams
    const { page, next } = listImages(images.values(), memberOf, c.var.principal, query)
    // Glance gives paths below its own root, whatever stands before it in the catalog.
    const path = (marker: string | null): string => {
      const params = new URLSearchParams(query)
      params.delete('marker')
      if (marker !== null) params.set('marker', marker)
      return `/v2/images${params.size > 0 ? `?${params.toString()}` : ''}`
    }
    return c.json({
      images: page.map(imageView),
      first: path(null),
      ...(next !== null && { next: path(next) }),
      schema: '/v2/schemas/images',
    })
  })
  app.post('/v2/images', async (c) => {
    const body = await readJson(c)
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw badRequest('Request body must be a JSON object.')
    const { id = uuid(), ...fields }: Record<string, unknown> = { ...body }
    if (typeof id !== 'string' || !isUuid(id)) throw badRequest(`Invalid image id format`)
    if (images.has(id)) throw conflict(`Image ID ${id} already exists!`)
    const now = cloud.now()
    const blank: Image = {
      id,
      name: null,
      owner: projectOf(c.var.principal),
      status: 'queued',
      visibility: 'shared',
      protected: false,
      hidden: false,
      diskFormat: null,
      containerFormat: null,
      minDisk: 0,
      minRam: 0,
      size: null,
      virtualSize: null,
      md5: null,
      sha512: null,
      content: null,
      tags: [],
      properties: {},
      createdAt: now,
      updatedAt: now,
      activeAt: null,
    }
    const made = Object.entries(fields).reduce(
      (image, [name, value]) => setField(c.var.principal, image, name, value),
      blank,
    )
    images.put(id, made)
    c.header('Location', `${cloud.url}/image/v2/images/${id}`)
    c.header('OpenStack-image-import-methods', '')
    return c.json(imageView(made), 201)
  })
  app.get('/v2/images/:id', (c) => c.json(imageView(seen(c))))
  app.patch('/v2/images/:id', async (c) => {
    if (!PATCH_TYPES.includes(c.req.header('content-type') ?? '')) throw wrongPatchType()
    const operations = await readJson(c)
    const image = ownImage(c.var.principal, seen(c), 'modify')
    const changed = { ...patchImage(c.var.principal, image, operations), updatedAt: cloud.now() }
    images.put(image.id, changed)
    return c.json(imageView(changed))
  })
  app.delete('/v2/images/:id', (c) => {
    const image = ownImage(c.var.principal, seen(c), 'delete')
    if (image.protected) throw forbidden(`Image ${image.id} is protected and cannot be deleted.`)
    for (const member of members.values())
      if (member.imageId === image.id) members.delete(memberKey(image.id, member.project))
    images.delete(image.id)
    cloud.contents.remove(image.id)
    return c.body(null, 204)
  })
  for (const [verb, status] of [
    ['deactivate', 'deactivated'],
    ['reactivate', 'active'],
  ] as const) {
    app.post(`/v2/images/:id/actions/${verb}`, (c) => {
      const image = ownImage(c.var.principal, seen(c), verb)
      if (image.status !== 'active' && image.status !== 'deactivated')
        throw forbidden(`Not allowed to ${verb} image in status '${image.status}'`)
      images.put(image.id, { ...image, status, updatedAt: cloud.now() })
      return c.body(null, 204)
    })
  }
  app.put('/v2/images/:id/tags/:tag', (c) => {
    const image = ownImage(c.var.principal, seen(c), 'modify')
    images.put(image.id, { ...image, tags: [...new Set([...image.tags, c.req.param('tag')])], updatedAt: cloud.now() })
    return c.body(null, 204)
  })
  app.delete('/v2/images/:id/tags/:tag', (c) => {
    const image = ownImage(c.var.principal, seen(c), 'modify')
    if (!image.tags.includes(c.req.param('tag'))) throw new Refusal(404, 'Not Found')
    images.put(image.id, {
      ...image,
      tags: image.tags.filter((tag) => tag !== c.req.param('tag')),
      updatedAt: cloud.now(),
    })
    return c.body(null, 204)
  })
  app.route('/v2/images', dataRoutes(cloud))
  app.route('/v2/images', memberRoutes(cloud))
  return app
}
