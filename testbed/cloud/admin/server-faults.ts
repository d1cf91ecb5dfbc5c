import { Hono, type Context } from 'hono'
import { z } from 'zod'
import type { Cloud, Env } from '../cloud.ts'
import { isLive, STATES } from '../compute/status.ts'
import type { Server } from '../compute/types.ts'
import { Refusal } from '../refusal.ts'

const StateChange = z.strictObject({
  status: z.string(),
  fault: z.string().optional(),
  code: z.int().default(500),
})

/** Faults of servers that exist: by id, or by the name of a living one. */
export function serverFaultRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const one = (c: Context<Env>): Server => {
    const text = c.req.param('server') ?? ''
    const { servers } = cloud.state
    const found = servers.get(text) ?? [...servers.values()].find((server) => server.name === text && isLive(server))
    if (found === undefined) throw new Refusal(404, `There is no server ${text}`)
    return found
  }
  const put = (c: Context<Env>, server: Server): Response => {
    cloud.life.put({ ...server, updatedAt: cloud.now() })
    return c.body(null, 204)
  }

  /** To any status that Nova knows, at once; it stays there. */
  app.post('/:server/state', async (c) => {
    const { status, fault, code } = StateChange.parse(await c.req.json())
    const server = one(c)
    const now = cloud.now()
    if (status === 'DELETED')
      return put(c, { ...server, vmState: 'deleted', taskState: null, powerState: 0, due: null, deletedAt: now })
    const state = STATES[status]
    if (state === undefined) throw new Refusal(400, `Known states: ${Object.keys(STATES).join(', ')}, DELETED`)
    // with a reclaim interval a soft-deleted server goes by itself when it is over
    const { reclaimMs } = cloud.timings()
    const due = status === 'SOFT_DELETED' && reclaimMs > 0 ? ({ at: now + reclaimMs, event: 'deleted' } as const) : null
    return put(c, {
      ...server,
      ...state,
      due,
      stuck: false,
      fault: status === 'ERROR' ? { code, message: fault ?? 'Injected fault', created: now } : null,
    })
  })
  /** As if it had never been. */
  app.post('/:server/vanish', (c) => put(c, { ...one(c), vanished: true, due: null, deletedAt: cloud.now() }))
  /** An administrator's lock: its owner is refused, and cannot take it off. */
  app.post('/:server/lock', (c) => put(c, { ...one(c), lockedBy: 'admin', lockedReason: 'locked behind its back' }))
  app.post('/:server/unlock', (c) => put(c, { ...one(c), lockedBy: null, lockedReason: null }))
  /** A building server stays in BUILD; any other one will hang in its next delete. */
  app.post('/:server/stick', (c) => {
    const server = one(c)
    return put(
      c,
      server.vmState === 'building' || server.taskState === 'deleting'
        ? { ...server, stuck: true, due: null }
        : { ...server, deleteSticks: true },
    )
  })
  /** What was stuck goes on. */
  app.post('/:server/release', (c) => {
    const server = { ...one(c), stuck: false, deleteSticks: false }
    const { buildMs, deleteMs } = cloud.timings()
    if (server.taskState === 'deleting')
      return put(c, { ...server, due: { at: cloud.now() + deleteMs, event: 'deleted' } })
    if (server.vmState !== 'building') return put(c, server)
    const due = { at: cloud.now() + buildMs, event: 'settled', vmState: 'active', powerState: 1 } as const
    return put(c, { ...server, due })
  })
  return app
}
