import type { Behind } from '#testbed/front/behind.ts'
import type { Effect } from '#testbed/front/rule.ts'
import type { Service } from '#testbed/cloud/error-body.ts'
import { serverWish } from '#testbed/front/server-wish.ts'
import { type Acquaintance, serverIn } from './acquaintance.ts'
import { forward } from './forward.ts'
import type { PlayedFaults } from './played-faults.ts'

/** Where the services of a region listen, without a slash at the end; what a path begins with goes. */
export type Upstreams = Readonly<Partial<Record<Service, string>>>

/** The services of a real region, as the front before them has them. */
export const realServices = (upstreams: Upstreams, known: Acquaintance, played: PlayedFaults): Behind => ({
  look: (call) => known.look(call),
  answer: async (call, effect) => {
    const { service, request, path } = call
    const to = upstreams[service]
    if (to === undefined) return { response: new Response(null, { status: 404 }), user: null, project: null }
    const askedAt = Date.now()
    const wish = await serverWish(request, path)
    const id = serverIn(path)
    const name = wish?.name ?? (id === undefined ? undefined : known.nameOf(id))
    if (effect !== null && name !== undefined) played.begin(name, effect)
    const response = await forward(request, `${to}${path.replace(/^\/\w+/, '')}`)
    const who = await known.learn(call, wish?.name, askedAt, response)
    return { response, user: who?.user.name ?? null, project: who?.project?.name ?? null }
  },
})

/** Faults that a front alone can make; those of {@link PlayedFaults} need its hypervisor's help. */
const BY_THE_FRONT = new Set<Effect['kind']>([
  'delay',
  'status',
  'act-then-drop',
  'act-then-hang',
  'drop-then-act-late',
  'drop',
  'hang',
  'half-list',
])

export const isByTheFront = ({ kind }: Effect): boolean => BY_THE_FRONT.has(kind)
