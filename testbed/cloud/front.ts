import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Bindings, Cloud, Env } from './cloud.ts'
import { errorResponse, type Service } from './error-body.ts'
import { halfList } from './faults/half-list.ts'
import type { Effect } from './faults/rule.ts'
import { Faults } from './faults/faults.ts'
import { uuid } from './ids.ts'
import { Refusal } from './refusal.ts'
import type { RequestLog } from './request-log.ts'
import { serviceOf } from './service-of.ts'

interface Visit {
  service: Service
  request: Request
  bindings: Bindings
  path: string
  startedAt: number
}

/** Before all services: request ids, injected faults, the request log, and the commit that precedes every answer. */
export class Front {
  readonly #cloud: Cloud
  readonly #app: Hono<Env>
  readonly #log: RequestLog
  readonly #faults: Faults
  readonly #late = new Set<NodeJS.Timeout>()

  constructor(cloud: Cloud, app: Hono<Env>, log: RequestLog) {
    this.#cloud = cloud
    this.#app = app
    this.#log = log
    this.#faults = new Faults(cloud)
  }

  /** What was still to be done late is never done. */
  stop(): void {
    for (const timer of this.#late) clearTimeout(timer)
  }

  async handle(request: Request, node: HttpBindings): Promise<Response> {
    const path = node.incoming.url ?? '/'
    const service = serviceOf(path)
    const bindings: Bindings = { ...node, requestId: `req-${uuid()}`, effect: null, seen: {} }
    if (service === null) return this.#perform(request, bindings)
    const visit: Visit = { service, request, bindings, path, startedAt: this.#cloud.now() }
    const effect = await this.#faults.strike(visit)
    return effect === null ? this.#answer(visit) : this.#suffer(visit, effect)
  }

  async #perform(request: Request, bindings: Bindings): Promise<Response> {
    const response = await this.#app.fetch(request, bindings)
    this.#cloud.commit()
    return response
  }

  async #answer(visit: Visit, fault: string | null = null): Promise<Response> {
    const response = await this.#perform(visit.request, visit.bindings)
    return this.#sign(visit, response, fault)
  }

  #sign(visit: Visit, response: Response, fault: string | null): Response {
    response.headers.set('x-openstack-request-id', visit.bindings.requestId)
    if (visit.service === 'compute' || visit.service === 'block-storage')
      response.headers.set('x-compute-request-id', visit.bindings.requestId)
    this.#note(visit, response.status, fault)
    return response
  }

  #note(visit: Visit, status: number | null, fault: string | null): void {
    const who = visit.bindings.seen.principal
    this.#log.add({
      at: visit.startedAt,
      requestId: visit.bindings.requestId,
      globalRequestId: visit.request.headers.get('x-openstack-request-id'),
      service: visit.service,
      method: visit.request.method,
      path: visit.path,
      status,
      ms: this.#cloud.now() - visit.startedAt,
      user: who?.user.name ?? null,
      project: who?.project?.name ?? null,
      fault,
    })
  }

  async #suffer(visit: Visit, effect: Effect): Promise<Response> {
    const { socket } = visit.bindings.incoming
    switch (effect.kind) {
      case 'delay':
        await new Promise((done) => setTimeout(done, effect.ms))
        return this.#answer(visit, effect.kind)
      case 'status': {
        const headers = effect.retryAfter === undefined ? {} : { 'retry-after': String(effect.retryAfter) }
        const refusal = new Refusal(effect.status, effect.message ?? REASONS[effect.status] ?? 'Injected fault', {
          headers,
        })
        return this.#sign(visit, errorResponse(visit.service, refusal), `status ${effect.status}`)
      }
      case 'act-then-drop':
        await (await this.#perform(visit.request, visit.bindings)).body?.cancel()
        this.#note(visit, null, effect.kind)
        socket.destroy()
        return RESPONSE_ALREADY_SENT
      case 'drop-then-act-late': {
        const { request } = visit
        const body = request.body === null ? null : await request.arrayBuffer()
        const again = new Request(request.url, { method: request.method, headers: request.headers, body })
        this.#note(visit, null, effect.kind)
        const timer = setTimeout(() => {
          this.#late.delete(timer)
          void this.#answer({ ...visit, request: again, startedAt: this.#cloud.now() }, 'late')
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
        if (effect.kind === 'act-then-hang') await (await this.#perform(visit.request, visit.bindings)).body?.cancel()
        this.#note(visit, null, effect.kind)
        await new Promise((done) => (socket.destroyed ? done(null) : socket.once('close', done)))
        return RESPONSE_ALREADY_SENT
      case 'half-list':
        return this.#sign(
          visit,
          await halfList(await this.#perform(visit.request, visit.bindings), effect.keep),
          effect.kind,
        )
      default:
        // The service itself plays it.
        return this.#answer({ ...visit, bindings: { ...visit.bindings, effect } }, effect.kind)
    }
  }
}

const REASONS: Record<number, string> = {
  401: 'The request you have made requires authentication.',
  429: 'This request was rate-limited.',
  500: 'Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the Nova API log if possible.',
  503: 'The server is currently unavailable. Please try again at a later time.',
}
