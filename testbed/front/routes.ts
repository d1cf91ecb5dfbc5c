import { timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { z } from 'zod'
import { uuid } from '#testbed/cloud/ids.ts'
import { Refusal } from '#testbed/cloud/refusal.ts'
import type { RequestLog } from './request-log.ts'
import { type Effect, type Rule, RuleInputSchema } from './rule.ts'
import type { Rules } from './strike.ts'

export interface RoutesParts {
  rules: Rules
  log: RequestLog
  adminToken: string
  /** Says why the cloud behind cannot play a fault; undefined = it can, or need not. */
  refuses?: (effect: Effect) => string | undefined
}

/** Faults and the request log, for who shows the admin token; the cloud's own come beside them. */
export function frontRoutes({ rules, log, adminToken, refuses }: RoutesParts): Hono {
  const app = new Hono()
  const known = Buffer.from(adminToken)

  app.onError((error, c) => {
    if (error instanceof Refusal) return c.json({ error: error.message }, error.status)
    if (error instanceof z.ZodError) return c.json({ error: z.prettifyError(error) }, 400)
    throw error
  })
  app.use(async (c, next) => {
    const shown = Buffer.from(c.req.header('X-Admin-Token') ?? '')
    if (shown.length !== known.length || !timingSafeEqual(shown, known))
      throw new Refusal(401, 'X-Admin-Token is missing or wrong')
    await next()
  })

  app.get('/requests', (c) => c.json(log.after(Number(c.req.query('after') ?? 0))))
  app.get('/counters', (c) => c.json(log.counters()))

  app.get('/faults', (c) => c.json([...rules.values()]))
  app.post('/faults', async (c) => {
    const rule: Rule = { ...RuleInputSchema.parse(await c.req.json()), id: uuid(), struck: 0, draws: 0 }
    for (const pattern of [rule.match.pathRegex, rule.match.name]) if (pattern !== undefined) compiles(pattern)
    const why = refuses?.(rule.effect)
    if (why !== undefined) throw new Refusal(400, why)
    rules.put(rule.id, rule)
    return c.json(rule, 201)
  })
  app.delete('/faults', (c) => {
    for (const { id } of rules.values()) rules.delete(id)
    return c.body(null, 204)
  })
  app.delete('/faults/:id', (c) => {
    rules.delete(c.req.param('id'))
    return c.body(null, 204)
  })
  return app
}

function compiles(pattern: string): void {
  try {
    ''.match(pattern)
  } catch (error) {
    throw new Refusal(400, String(error))
  }
}
