import { Hono, type Context } from 'hono'
import type { Cloud, Env } from '../cloud.ts'
import { mayWrite, projectOf } from '../identity/roles.ts'
import { uuid } from '../ids.ts'
import { readJson } from '../read-json.ts'
import { badRequest, conflict, forbidden, Refusal } from '../refusal.ts'
import { scoped } from '../scoped.ts'
import { dataRoutes } from './data.ts'
import { mismatch, setField } from './fields.ts'
import { unsupported } from './formats.ts'
import { listImages } from './list.ts'
import { memberRoutes } from './members.ts'
import { PATCH_TYPES, patchImage } from './patch.ts'
import type { Image, Member } from './types.ts'
import { imageView } from './view.ts'
import { glanceForbids, memberKey, ownImage, visibleImage } from './visibility.ts'

const UUID = /^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$/

/** Glance v2. */
export function imageRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { images, deletedImages, members } = cloud.state
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

  const seen = (c: Context<Env>, words = `No image found with ID ${c.req.param('id')}`): Image =>
    visibleImage(c.var.principal, images.get(c.req.param('id') ?? ''), memberOf, words)

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
      images: page.map((image) => imageView(image, c.var.principal)),
      first: path(null),
      ...(next !== null && { next: path(next) }),
      schema: '/v2/schemas/images',
    })
  })
  app.post('/v2/images', async (c) => {
    const body = await readJson(c)
    if (!mayWrite(c.var.principal)) throw glanceForbids('add_image')
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw badRequest('Request body must be a JSON object.')
    const { id = uuid(), ...fields }: Record<string, unknown> = { ...body }
    if (typeof id !== 'string' || !UUID.test(id)) throw mismatch(id, `does not match '${UUID.source}'`)
    if (images.has(id) || deletedImages.has(id)) throw conflict(`Image ID ${id} already exists!`)
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
    return c.json(imageView(made, c.var.principal), 201)
  })
  app.get('/v2/images/:id', (c) => c.json(imageView(seen(c), c.var.principal)))
  app.patch('/v2/images/:id', async (c) => {
    const type = c.req.header('content-type') ?? ''
    if (!PATCH_TYPES.includes(type)) throw unsupported(type)
    const operations = await readJson(c)
    const image = ownImage(c.var.principal, seen(c), 'modify_image')
    const changed = { ...patchImage(c.var.principal, image, operations), updatedAt: cloud.now() }
    images.put(image.id, changed)
    return c.json(imageView(changed, c.var.principal))
  })
  app.delete('/v2/images/:id', (c) => {
    const image = ownImage(
      c.var.principal,
      seen(c, `Failed to find image ${c.req.param('id')} to delete`),
      'delete_image',
    )
    if (image.protected) throw forbidden(`Image ${image.id} is protected and cannot be deleted.`)
    for (const member of members.values())
      if (member.imageId === image.id) members.delete(memberKey(image.id, member.project))
    images.delete(image.id)
    deletedImages.put(image.id, { id: image.id })
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
    const image = ownImage(c.var.principal, seen(c), 'modify_image')
    images.put(image.id, { ...image, tags: [...new Set([...image.tags, c.req.param('tag')])], updatedAt: cloud.now() })
    return c.body(null, 204)
  })
  app.delete('/v2/images/:id/tags/:tag', (c) => {
    const image = ownImage(c.var.principal, seen(c), 'modify_image')
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
