import type { Context } from 'hono'
import type { Cloud, Env } from '../cloud.ts'
import { isAdmin, mayWrite, projectOf } from '../identity/roles.ts'
import { notFound } from '../refusal.ts'
import { novaForbids } from './rights.ts'
import { isLive } from './status.ts'
import type { Server } from './types.ts'

/**
 * The server that the path names; only then is it looked whether its caller may change anything.
 * @throws Refusal 404, also for other projects' servers; 403 to readers who do more than look
 */
export function serverOf(cloud: Cloud, c: Context<Env>): Server {
  const id = c.req.param('id') ?? ''
  const found = cloud.state.servers.get(id)
  const who = c.var.principal
  if (found === undefined || !isLive(found) || (found.projectId !== projectOf(who) && !isAdmin(who)))
    throw notFound(`Instance ${id} could not be found.`)
  const rule = ruleOf(c)
  if (rule !== null && !mayWrite(who)) throw novaForbids(rule)
  return found
}

const RESOURCES: Readonly<Record<string, string>> = {
  metadata: 'server-metadata',
  tags: 'os-server-tags',
  'os-volume_attachments': 'os-volumes-attachments',
}
const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', DELETE: 'delete' }

/** Nova's rule for a request; null = everyone of the project may, or its action decides. */
function ruleOf({ req }: Context<Env>): string | null {
  const verb = VERBS[req.method]
  const [, part] = /\/servers\/[^/]+\/([^/]+)/.exec(req.path) ?? []
  if (verb === undefined || part === 'action') return null
  return `${part === undefined ? 'servers' : (RESOURCES[part] ?? part)}:${verb}`
}
