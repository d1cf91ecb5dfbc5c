import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { HttpBindings } from '@hono/node-server'
import { errorResponse } from '#testbed/cloud/error-body.ts'
import { uuid } from '#testbed/cloud/ids.ts'
import { Refusal } from '#testbed/cloud/refusal.ts'
import type { Answer, Behind, Call } from './behind.ts'
import { halfList } from './half-list.ts'
import type { RequestLog } from './request-log.ts'
import type { Effect } from './rule.ts'
import { serviceOf } from './service-of.ts'
import { type Rules, strike } from './strike.ts'

interface Visit extends Call {
  startedAt: number
}

export interface FrontParts {
  behind: Behind
  rules: Rules
  log: RequestLog
  /** Answers what is of no service. */
  aside: (request: Request, node: HttpBindings) => Response | Promise<Response>
}

/** Before all services of a cloud, whatever it is: request ids, injected faults, the request log. */
export class Front {
  readonly #behind: Behind
  readonly #rules: Rules
  readonly #log: RequestLog
  readonly #aside: FrontParts['aside']
  readonly #late = new Set<NodeJS.Timeout>()

  constructor({ behind, rules, log, aside }: FrontParts) {
    this.#behind = behind
    this.#rules = rules
    this.#log = log
    this.#aside = aside
  }

  /** What was still to be done late is never done. */
  stop(): void {
    for (const timer of this.#late) clearTimeout(timer)
  }

  async handle(request: Request, node: HttpBindings): Promise<Response> {
    const path = node.incoming.url ?? '/'
    const service = serviceOf(path)
    if (service === null) return this.#aside(request, node)
    const visit: Visit = { service, request, path, node, requestId: `req-${uuid()}`, startedAt: Date.now() }
    const effect = await strike(this.#rules, () => this.#behind.look(visit))
    return effect === null ? this.#answer(visit) : this.#suffer(visit, effect)
  }

  async #answer(visit: Visit, fault: string | null = null, played: Effect | null = null): Promise<Response> {
    return this.#sign(visit, await this.#behind.answer(visit, played), fault)
  }

  #sign(visit: Visit, { response, ...who }: Answer, fault: string | null): Response {
    const given = response.headers.get('x-openstack-request-id')
    const requestId = given ?? visit.requestId
    this.#note({ ...visit, requestId }, response.status, fault, who)
    if (given !== null) return response
    const signed = new Response(response.body, response)
    signed.headers.set('x-openstack-request-id', requestId)
    if (visit.service === 'compute' || visit.service === 'block-storage')
      signed.headers.set('x-compute-request-id', requestId)
    return signed
  }

  #note(
    { startedAt, requestId, request, service, path }: Visit,
    status: number | null,
    fault: string | null,
    { user, project }: Omit<Answer, 'response'> = NOBODY,
  ): void {
    this.#log.add({
      at: startedAt,
      requestId,
      globalRequestId: request.headers.get('x-openstack-request-id'),
      service,
      method: request.method,
      path,
      status,
      ms: Date.now() - startedAt,
      user,
      project,
      fault,
    })
  }

  /** Has it done, and throws the answer away. */
  async #act(visit: Visit, fault: string): Promise<void> {
    const { response, ...who } = await this.#behind.answer(visit, null)
    await response.body?.cancel()
    this.#note(visit, null, fault, who)
  }

  async #suffer(visit: Visit, effect: Effect): Promise<Response> {
    const { socket } = visit.node.incoming
    switch (effect.kind) {
      case 'delay':
        await new Promise((done) => setTimeout(done, effect.ms))
        return this.#answer(visit, effect.kind)
      case 'status': {
        const headers = effect.retryAfter === undefined ? {} : { 'retry-after': String(effect.retryAfter) }
        const refusal = new Refusal(effect.status, effect.message ?? REASONS[effect.status] ?? 'Injected fault', {
          headers,
        })
        const response = errorResponse(visit.service, refusal, visit.request.headers.get('accept') ?? '')
        return this.#sign(visit, { response, ...NOBODY }, `status ${effect.status}`)
      }
      case 'act-then-drop':
        await this.#act(visit, effect.kind)
        socket.destroy()
        return RESPONSE_ALREADY_SENT
      case 'drop-then-act-late': {
        const { request } = visit
        const body = request.body === null ? null : await request.arrayBuffer()
        const again = new Request(request.url, { method: request.method, headers: request.headers, body })
        this.#note(visit, null, effect.kind)
        const timer = setTimeout(() => {
          this.#late.delete(timer)
          void this.#answer({ ...visit, request: again, startedAt: Date.now() }, 'late')
        }, effect.ms)
        this.#late.add(timer)
        socket.destroy()
        return RESPONSE_ALREADY_SENT
      }
      case 'drop':
        this.#note(visit, null, effect.kind)
        socket.destroy()
        return RESPONSE_ALREADY_SENT
      case 'act-then-hang':
      case 'hang':
        if (effect.kind === 'act-then-hang') await this.#act(visit, effect.kind)
        else this.#note(visit, null, effect.kind)
        await new Promise((done) => (socket.destroyed ? done(null) : socket.once('close', done)))
        return RESPONSE_ALREADY_SENT
      case 'half-list': {
        const { response, ...who } = await this.#behind.answer(visit, null)
        return this.#sign(visit, { response: await halfList(response, effect.keep), ...who }, effect.kind)
      }
      default:
        return this.#answer(visit, effect.kind, effect)
    }
  }
}

const NOBODY = { user: null, project: null } as const

const REASONS: Record<number, string> = {
  401: 'The request you have made requires authentication.',
  429: 'This request was rate-limited.',
  500: 'Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the Nova API log if possible.',
  503: 'The server is currently unavailable. Please try again at a later time.',
}
