import { Hono } from 'hono'
import type { Cloud, Env } from '../cloud.ts'
import { scoped, writersOnly } from '../scoped.ts'
import { flavorRoutes } from './flavor-routes.ts'
import { zones } from './hosts.ts'
import { keypairRoutes } from './keypair-routes.ts'
import { microversion, NEWEST } from './microversion.ts'
import { novaForbids } from './rights.ts'
import { quotaRoutes } from './quota-routes.ts'
import { serverGroupRoutes } from './server-group-routes.ts'
import { serverRoutes } from './server-routes.ts'
import { usageRoutes } from './usage-routes.ts'

/** Nova 2.1 with microversions. */
export function computeRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const version = {
    id: 'v2.1',
    status: 'CURRENT',
    version: `2.${NEWEST}`,
    min_version: '2.1',
    updated: '2013-07-23T11:33:21Z',
    links: [{ rel: 'self', href: `${cloud.url}/compute/v2.1/` }],
  }
  const old = {
    ...version,
    id: 'v2.0',
    status: 'SUPPORTED',
    version: '',
    min_version: '',
    updated: '2011-01-21T11:33:21Z',
  }
  app.get('/', (c) =>
    c.json({ versions: [{ ...old, links: [{ rel: 'self', href: `${cloud.url}/compute/v2/` }] }, version] }),
  )
  app.get('/v2.1', (c) =>
    c.json({
      version: {
        ...version,
        'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' }],
      },
    }),
  )
  app.use('/v2.1/*', scoped(cloud), microversion)
  app.use(
    '/v2.1/*',
    writersOnly((method, path) => {
      if (/\/servers\/./.test(path)) return null
      const verb = { POST: 'create', PUT: 'update', DELETE: 'delete' }[method] ?? 'show'
      return novaForbids(`${path.split('/')[3] ?? ''}:${verb}`)
    }),
  )
  app.get('/v2.1/os-availability-zone', (c) =>
    c.json({
      availabilityZoneInfo: zones(cloud).map((zoneName) => ({ zoneName, zoneState: { available: true }, hosts: null })),
    }),
  )
  app.route('/v2.1', serverRoutes(cloud))
  app.route('/v2.1', flavorRoutes(cloud))
  app.route('/v2.1', keypairRoutes(cloud))
  app.route('/v2.1', serverGroupRoutes(cloud))
  app.route('/v2.1', quotaRoutes(cloud))
  app.route('/v2.1', usageRoutes(cloud))
  return app
}
