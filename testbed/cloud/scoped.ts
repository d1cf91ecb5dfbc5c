import type { MiddlewareHandler } from 'hono'
import type { Cloud, Env } from './cloud.ts'
import { allowedByRules } from './identity/access-rules.ts'
import { unauthenticated } from './identity/authenticate.ts'
import { principalOf } from './identity/principal.ts'
import { mayWrite } from './identity/roles.ts'
import { forbidden, type Refusal } from './refusal.ts'
import { serviceOf } from '#testbed/front/service-of.ts'

/** What keystonemiddleware does before a service: a live token, scoped to a project. */
export const scoped =
  (cloud: Cloud): MiddlewareHandler<Env> =>
  async (c, next) => {
    const who = principalOf(cloud, c.req.header('X-Auth-Token'))
    const service = serviceOf(c.req.path)
    if (who === null || (service !== null && !allowedByRules(cloud, who, service, c.req)))
      throw unauthenticated({ 'www-authenticate': `Keystone uri="${cloud.url}/identity"` })
    c.env.seen.principal = who
    if (who.project === null) throw forbidden('The token is not scoped to a project.')
    c.set('principal', who)
    await next()
  }

/** Readers look and don't touch. @param refusal null where the route itself looks at that later */
export const writersOnly =
  (refusal: (method: string, path: string) => Refusal | null): MiddlewareHandler<Env> =>
  async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD' && !mayWrite(c.var.principal)) {
      const refused = refusal(c.req.method, c.req.path)
      if (refused !== null) throw refused
    }
    await next()
  }
