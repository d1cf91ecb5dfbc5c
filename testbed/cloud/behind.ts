import type { HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Answer, Behind, Call } from '#testbed/front/behind.ts'
import type { Sight } from '#testbed/front/match.ts'
import type { Rules } from '#testbed/front/strike.ts'
import { serverWish } from '#testbed/front/server-wish.ts'
import type { Bindings, Cloud, Env } from './cloud.ts'
import { principalOf } from './identity/principal.ts'

/** The simulated services, as the front before them has them. */
export const simulated = (cloud: Cloud, app: Hono<Env>): Behind => ({
  look: (call) => look(cloud, call),
  answer: async ({ request, node, requestId }, effect): Promise<Answer> => {
    const bindings: Bindings = { ...node, requestId, effect, seen: {} }
    const response = await app.fetch(request, bindings)
    cloud.commit()
    const { principal } = bindings.seen
    return { response, user: principal?.user.name ?? null, project: principal?.project?.name ?? null }
  },
})

/** Answers what no front has to see. */
export async function perform(cloud: Cloud, app: Hono<Env>, request: Request, node: HttpBindings): Promise<Response> {
  const response = await app.fetch(request, node)
  cloud.commit()
  return response
}

/** The rules that are in the cloud's journal, and so outlive its process. */
export function durableRules(cloud: Cloud): Rules {
  const { rules } = cloud.state
  return {
    values: () => rules.values(),
    get: (id) => rules.get(id),
    put: (id, rule) => {
      rules.put(id, rule)
      cloud.commit()
    },
    delete: (id) => {
      rules.delete(id)
      cloud.commit()
    },
  }
}

async function look(cloud: Cloud, { service, request, path }: Call): Promise<Sight> {
  const project = principalOf(cloud, request.headers.get('x-auth-token') ?? undefined)?.project
  const sight: Sight = {
    service,
    method: request.method,
    path,
    serverName: null,
    flavor: [],
    project: project ? [project.id, project.name] : [],
  }
  const [, id] = /^\/compute\/v2\.1\/servers\/([0-9a-f-]{36})/.exec(path) ?? []
  if (id !== undefined) return { ...sight, serverName: cloud.state.servers.get(id)?.name ?? null }
  const wish = await serverWish(request, path)
  if (wish === undefined) return sight
  const flavor = cloud.state.flavors.get(wish.flavor)
  return { ...sight, serverName: wish.name, flavor: flavor === undefined ? [] : [flavor.id, flavor.name] }
}
