import { Hono } from 'hono'
import type { Cloud, Env } from '../cloud.ts'
import { isAdmin, projectOf } from '../identity/roles.ts'
import { badRequest, forbidden } from '../refusal.ts'
import { scoped, writersOnly } from '../scoped.ts'
import { NEWEST_VOLUME, volumeMicroversion } from './microversion.ts'
import { volumeQuotaRoutes } from './quota-routes.ts'
import { snapshotRoutes } from './snapshot-routes.ts'
import { volumeRoutes } from './volume-routes.ts'

/** Cinder v3 with microversions; the project's id is in its paths, as before 3.67 and as catalogs list it still. */
export function blockStorageRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const versions = {
    versions: [
      {
        id: 'v3.0',
        status: 'CURRENT',
        version: `3.${NEWEST_VOLUME}`,
        min_version: '3.0',
        updated: '2023-08-31T00:00:00Z',
        links: [{ rel: 'self', href: `${cloud.url}/volume/v3/` }],
        'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.volume+json;version=3' }],
      },
    ],
  }
  app.get('/', (c) => c.json(versions, 300))
  app.get('/v3', (c) => c.json(versions))
  app.use('/v3/:project/*', scoped(cloud), volumeMicroversion, async (c, next) => {
    const project = c.req.param('project')
    if (project !== projectOf(c.var.principal) && !isAdmin(c.var.principal)) throw badRequest('Malformed request url')
    await next()
  })
  app.use(
    '/v3/:project/*',
    writersOnly((method, path) => {
      const verb = { POST: 'create', PUT: 'update', DELETE: 'delete' }[method] ?? 'get'
      const resource = (path.split('/')[4] ?? '').replace(/s$/, '')
      return forbidden(`Policy doesn't allow ${resource}:${verb} to be performed.`)
    }),
  )
  app.route('/v3/:project', volumeRoutes(cloud))
  app.route('/v3/:project', snapshotRoutes(cloud))
  app.route('/v3/:project', volumeQuotaRoutes(cloud))
  return app
}
