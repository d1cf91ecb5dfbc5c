import type { Context } from 'hono'
import type { Cloud, Env } from '../cloud.ts'
import { isAdmin, projectOf } from '../identity/roles.ts'
import { notFound } from '../refusal.ts'
import { isLive } from './status.ts'
import type { Server } from './types.ts'

/** The server that the path names. @throws Refusal 404, also for other projects' servers. */
export function serverOf(cloud: Cloud, c: Context<Env>): Server {
  const id = c.req.param('id') ?? ''
  const found = cloud.state.servers.get(id)
  const who = c.var.principal
  if (found === undefined || !isLive(found) || (found.projectId !== projectOf(who) && !isAdmin(who)))
    throw notFound(`Instance ${id} could not be found.`)
  return found
}
