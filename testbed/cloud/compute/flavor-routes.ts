import { Hono, type Context } from 'hono'
import { z } from 'zod'
import type { Cloud, Env } from '../cloud.ts'
import { isAdmin } from '../identity/roles.ts'
import { hexId } from '../ids.ts'
import { badRequest, conflict, notFound } from '../refusal.ts'
import { checkBody, readBody } from './body.ts'
import { flavorFor, mayUse } from './flavors.ts'
import { limitOf } from './list.ts'
import type { Flavor } from './types.ts'
import { links } from './view.ts'
import { adminOnly } from './rights.ts'

const count = z.union([z.int().nonnegative(), z.string().regex(/^\d+$/).transform(Number)])
const NewFlavor = z.object({
  flavor: z.object({
    id: z.string().nullable().optional(),
    name: z.string().min(1).max(255),
    vcpus: count,
    ram: count,
    disk: count,
    swap: z.union([z.literal('').transform(() => 0), count]).default(0),
    'OS-FLV-EXT-DATA:ephemeral': count.default(0),
    'os-flavor-access:is_public': z.boolean().default(true),
    description: z.string().nullable().default(null),
  }),
})
const Access = z.object({ tenant: z.string() })

const access = (flavor: Flavor) => ({
  flavor_access: (flavor.onlyFor ?? []).map((tenant) => ({ flavor_id: flavor.id, tenant_id: tenant })),
})

/** Flavors, their extra specs and, for private ones, who may use them. */
export function flavorRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { flavors } = cloud.state

  const view = (flavor: Flavor, microversion: number) => ({
    id: flavor.id,
    name: flavor.name,
    vcpus: flavor.vcpus,
    ram: flavor.ramMb,
    disk: flavor.diskGb,
    swap: flavor.swapMb === 0 && microversion < 75 ? '' : flavor.swapMb,
    'OS-FLV-EXT-DATA:ephemeral': flavor.ephemeralGb,
    'OS-FLV-DISABLED:disabled': false,
    'os-flavor-access:is_public': flavor.onlyFor === null,
    rxtx_factor: 1.0,
    links: links(cloud, `flavors/${flavor.id}`),
    ...(microversion >= 55 && { description: flavor.description }),
    ...(microversion >= 61 && { extra_specs: flavor.extraSpecs }),
  })
  const one = (c: Context<Env>): Flavor => {
    const id = c.req.param('id') ?? ''
    const found = flavorFor(cloud, c.var.principal, id)
    if (found === undefined) throw notFound(`Flavor ${id} could not be found.`)
    return found
  }
  const list = (c: Context<Env>, path: string, show: (flavor: Flavor) => object): Response => {
    const query = new URL(c.req.url).searchParams
    const isPublic = query.get('is_public')?.toLowerCase()
    const rows = [...flavors.values()]
      .filter((flavor) => {
        if (!isAdmin(c.var.principal)) return mayUse(c.var.principal, flavor)
        return isPublic === 'none' || (flavor.onlyFor === null) === (isPublic !== 'false' && isPublic !== '0')
      })
      .filter((flavor) => flavor.diskGb >= Number(query.get('minDisk') ?? 0))
      .filter((flavor) => flavor.ramMb >= Number(query.get('minRam') ?? 0))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    const marker = query.get('marker')
    const start = marker === null ? 0 : rows.findIndex((flavor) => flavor.id === marker) + 1
    if (marker !== null && start === 0) throw badRequest(`marker [${marker}] not found`)
    const limit = limitOf(query.get('limit'))
    const page = rows.slice(start, start + limit)
    const last = page.at(-1)
    const more = last !== undefined && page.length === limit
    if (more) query.set('marker', last.id)
    return c.json({
      flavors: page.map(show),
      ...(more && { flavors_links: [{ rel: 'next', href: `${cloud.url}/compute/v2.1/${path}?${query.toString()}` }] }),
    })
  }
  app.get('/flavors', (c) =>
    list(c, 'flavors', (flavor) => ({ id: flavor.id, name: flavor.name, links: links(cloud, `flavors/${flavor.id}`) })),
  )
  app.get('/flavors/detail', (c) => list(c, 'flavors/detail', (flavor) => view(flavor, c.var.microversion)))
  app.get('/flavors/:id', (c) => c.json({ flavor: view(one(c), c.var.microversion) }))
  app.post('/flavors', async (c) => {
    const { flavor: wanted } = checkBody(NewFlavor, await readBody(c))
    adminOnly(c, 'os-flavor-manage:create')
    if ([...flavors.values()].some((flavor) => flavor.name === wanted.name))
      throw conflict(`Flavor with name ${wanted.name} already exists.`)
    const id = wanted.id == null || wanted.id === 'auto' ? hexId() : wanted.id
    if (flavors.has(id)) throw conflict(`Flavor with ID ${id} already exists.`)
    const made: Flavor = {
      id,
      name: wanted.name,
      vcpus: wanted.vcpus,
      ramMb: wanted.ram,
      diskGb: wanted.disk,
      ephemeralGb: wanted['OS-FLV-EXT-DATA:ephemeral'],
      swapMb: wanted.swap,
      extraSpecs: {},
      description: wanted.description,
      onlyFor: wanted['os-flavor-access:is_public'] ? null : [],
    }
    flavors.put(id, made)
    return c.json({ flavor: view(made, c.var.microversion) })
  })
  app.delete('/flavors/:id', (c) => {
    adminOnly(c, 'os-flavor-manage:delete')
    flavors.delete(one(c).id)
    return c.body(null, 202)
  })
  app.get('/flavors/:id/os-extra_specs', (c) => c.json({ extra_specs: one(c).extraSpecs }))
  app.post('/flavors/:id/os-extra_specs', async (c) => {
    const { extra_specs: added } = checkBody(
      z.object({ extra_specs: z.record(z.string(), z.string()) }),
      await readBody(c),
    )
    adminOnly(c, 'os-flavor-extra-specs:create')
    const flavor = one(c)
    flavors.put(flavor.id, { ...flavor, extraSpecs: { ...flavor.extraSpecs, ...added } })
    return c.json({ extra_specs: added })
  })

  app.get('/flavors/:id/os-flavor-access', (c) => {
    adminOnly(c, 'os-flavor-access')
    const flavor = one(c)
    if (flavor.onlyFor === null) throw notFound('Access list not available for public flavors.')
    return c.json(access(flavor))
  })
  app.post('/flavors/:id/action', async (c) => {
    const body = checkBody(
      z.object({ addTenantAccess: Access.optional(), removeTenantAccess: Access.optional() }),
      await readBody(c),
    )
    adminOnly(c, 'os-flavor-access:add_tenant_access')
    const flavor = one(c)
    if (flavor.onlyFor === null) throw conflict('Can not add access to a public flavor.')
    const { addTenantAccess: add, removeTenantAccess: remove } = body
    if (add !== undefined && flavor.onlyFor.includes(add.tenant))
      throw conflict(`Flavor access already exists for flavor ${flavor.id} and project ${add.tenant} combination.`)
    if (remove !== undefined && !flavor.onlyFor.includes(remove.tenant))
      throw notFound(`Flavor access not found for ${flavor.id} / ${remove.tenant} combination.`)
    const kept = flavor.onlyFor.filter((id) => id !== remove?.tenant)
    const changed = { ...flavor, onlyFor: add === undefined ? kept : [...kept, add.tenant] }
    flavors.put(flavor.id, changed)
    return c.json(access(changed))
  })
  return app
}
