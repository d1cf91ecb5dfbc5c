import { z } from 'zod'
import type { Api } from '../api.ts'
import { endpoints, type Layout, publicEndpoints } from '../layout.ts'
import type { Passwords } from './passwords.ts'
import { SERVICE_USERS } from './service-user.ts'

const INTERFACES = ['public', 'internal', 'admin'] as const

const Id = z.object({ id: z.string() })
const Named = z.object({ id: z.string(), name: z.string() })

const NAMES: Readonly<Record<string, string>> = {
  compute: 'nova',
  placement: 'placement',
  image: 'glance',
  network: 'neutron',
}

/** Fills Keystone with what `keystone-manage bootstrap` leaves out: the services' users and the catalog. */
export async function makeCatalog(api: Api, layout: Layout, passwords: Passwords): Promise<void> {
  const { identity } = api
  const { roles } = await api.get(`${identity}/roles`, z.object({ roles: z.array(Named) }))
  const wanted = roles.filter(({ name }) => name === 'admin' || name === 'service')
  const { project } = await api.post(
    `${identity}/projects`,
    { project: { name: 'service', domain_id: 'default' } },
    z.object({ project: Id }),
  )
  for (const name of SERVICE_USERS) {
    const { user } = await api.post(
      `${identity}/users`,
      { user: { name, domain_id: 'default', password: passwords.service } },
      z.object({ user: Id }),
    )
    for (const role of wanted) {
      await api.put(`${identity}/projects/${project.id}/users/${user.id}/roles/${role.id}`, { json: {} })
    }
  }
  const { services } = await api.get(
    `${identity}/services`,
    z.object({ services: z.array(z.object({ id: z.string(), type: z.string() })) }),
  )
  const ids = new Map(services.map(({ type, id }) => [type, id]))
  for (const [type, name] of Object.entries(NAMES)) {
    const { service } = await api.post(`${identity}/services`, { service: { name, type } }, z.object({ service: Id }))
    ids.set(type, service.id)
  }
  const [first, ...further] = layout.regions
  for (const { name } of further) await api.act(`${identity}/regions`, { region: { id: name } })
  for (const region of layout.regions) {
    // the first region's Keystone is there since the bootstrap
    const urls = { ...endpoints(layout, region), ...(region !== first && { identity }) }
    for (const [type, url] of Object.entries(urls)) {
      for (const face of INTERFACES) {
        const endpoint = { service_id: ids.get(type), region_id: region.name, interface: face, url }
        await api.act(`${identity}/endpoints`, { endpoint })
      }
    }
  }
}

/** Statements that move a saved catalog to where the services, and the fronts before them, listen now. */
export const moveCatalog = (layout: Layout, identity: string): string =>
  [
    'use keystone;',
    ...layout.regions.flatMap((region) => [
      ...moves(region.name, { ...endpoints(layout, region), identity }),
      ...moves(region.name, publicEndpoints(layout, region), "and interface = 'public'"),
    ]),
  ].join('\n')

const moves = (region: string, urls: Readonly<Record<string, string>>, which = ''): string[] =>
  Object.entries(urls).map(
    ([type, url]) =>
      `update endpoint set url = '${url}' where region_id = '${region}' ` +
      `and service_id in (select id from service where type = '${type}') ${which};`,
  )
