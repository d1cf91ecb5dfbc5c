import { Hono } from 'hono'
import { z } from 'zod'
import type { RequestLog } from '#testbed/front/request-log.ts'
import { frontRoutes } from '#testbed/front/routes.ts'
import type { Rules } from '#testbed/front/strike.ts'
import type { Acquaintance } from './acquaintance.ts'
import { inventory } from './inventory.ts'
import { serverRecords } from './servers.ts'
import type { FrontConfig } from './config.ts'
import type { PlayedFaults } from './played-faults.ts'
import { isByTheFront } from './real-services.ts'

interface Parts {
  rules: Rules
  log: RequestLog
  known: Acquaintance
  played: PlayedFaults
}

const Revoke = z.strictObject({ user: z.string().optional(), project: z.string().optional() })

/** The admin API of a simulated cloud, as far as a real one can do it: `testbed/cloud/admin/client.ts` is its client. */
export function regionRoutes(config: FrontConfig, { rules, log, known, played }: Parts): Hono {
  const admin = frontRoutes({
    rules,
    log,
    adminToken: config.adminToken,
    refuses: (effect) =>
      isByTheFront(effect) || played.canPlay(effect) ? undefined : `a real cloud does not play ${effect.kind}`,
  })
  admin.get('/servers', async (c) => c.json(await serverRecords(config, known, played)))
  admin.get('/inventory', async (c) => c.json(await inventory(config)))
  admin.post('/servers/:server/release', (c) => {
    const server = c.req.param('server')
    played.end(known.nameOf(server) ?? server)
    return c.body(null, 204)
  })
  admin.post('/tokens/revoke', async (c) => {
    const revoked = known.forget(Revoke.parse(await c.req.json()))
    for (const token of revoked) {
      const headers = { 'x-auth-token': token, 'x-subject-token': token }
      const answer = await fetch(`${config.upstreams.identity}/v3/auth/tokens`, { method: 'DELETE', headers })
      // 401: it has expired, or was revoked before
      if (!answer.ok && answer.status !== 401) throw new Error(`Keystone revokes no token: ${answer.status}`)
    }
    return c.json({ revoked: revoked.length })
  })
  return new Hono().route('/admin', admin)
}
