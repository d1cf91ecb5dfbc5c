import { Hono, type Context } from 'hono'
import type { Cloud, Env } from '../cloud.ts'
import { forbidden, notFound } from '../refusal.ts'
import { readJson } from '../read-json.ts'
import { allowedByRules } from './access-rules.ts'
import { authenticate, forgetExpiredTokens, unauthenticated } from './authenticate.ts'
import { catalog } from './catalog.ts'
import { credentialRoutes } from './credentials.ts'
import { directoryRoutes, projectView } from './directory.ts'
import { grantRoutes } from './grants.ts'
import { principalOf, projectsOf } from './principal.ts'
import { isAdmin } from './roles.ts'
import { tokenView } from './token-view.ts'
import type { Principal } from './types.ts'

/** Keystone v3: tokens, and what their owners may ask of themselves. */
export function identityRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()

  const version = {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${cloud.url}/identity/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  }
  app.get('/', (c) => c.json({ versions: { values: [version] } }, 300))
  app.get('/v3', (c) => c.json({ version }))
  app.get('/v3/', (c) => c.json({ version }))

  app.post('/v3/auth/tokens', async (c) => {
    const body = await readJson(c)
    forgetExpiredTokens(cloud)
    const token = authenticate(cloud, body)
    const who = principalOf(cloud, token.id)
    if (who === null) throw unauthenticated()
    c.env.seen.principal = who
    c.header('X-Subject-Token', token.id)
    return c.json(tokenView(cloud, who, c.req.query('nocatalog') === undefined), 201)
  })

  app.use('/v3/*', async (c, next) => {
    const who = principalOf(cloud, c.req.header('X-Auth-Token'))
    // A token may always ask what it is worth itself.
    const bound = c.req.method !== 'GET' || c.req.path !== '/identity/v3/auth/tokens'
    if (who === null || (bound && !allowedByRules(cloud, who, 'identity', c.req)))
      throw unauthenticated({ 'www-authenticate': `Keystone uri="${cloud.url}/identity"` })
    c.set('principal', who)
    c.env.seen.principal = who
    await next()
  })

  const subject = (c: Context<Env>): Principal => {
    const found = principalOf(cloud, c.req.header('X-Subject-Token'))
    if (found === null) throw notFound('Could not recognize Fernet token')
    if (!isAdmin(c.var.principal) && found.user.id !== c.var.principal.user.id)
      throw forbidden('You are not authorized to perform the requested action: identity:validate_token.')
    return found
  }
  app.get('/v3/auth/tokens', (c) => {
    const found = subject(c)
    c.header('X-Subject-Token', found.token.id)
    return c.json(tokenView(cloud, found, c.req.query('nocatalog') === undefined))
  })
  app.delete('/v3/auth/tokens', (c) => {
    cloud.state.tokens.delete(subject(c).token.id)
    return c.body(null, 204)
  })
  app.get('/v3/auth/projects', (c) =>
    c.json({
      projects: projectsOf(cloud, c.var.principal.user.id)
        .flatMap((id) => cloud.state.projects.get(id) ?? [])
        .filter((project) => project.enabled)
        .map((project) => projectView(cloud, project)),
      links: { next: null, self: `${cloud.url}/identity/v3/auth/projects`, previous: null },
    }),
  )
  app.get('/v3/auth/catalog', (c) => {
    const { project } = c.var.principal
    if (project === null) throw forbidden('You are not authorized to perform the requested action.')
    return c.json({ catalog: catalog(cloud, project.id) })
  })
  app.route('/v3', directoryRoutes(cloud))
  app.route('/v3', grantRoutes(cloud))
  app.route('/v3', credentialRoutes(cloud))
  return app
}
