import type { Cloud } from '../cloud.ts'
import { principalOf } from '../identity/principal.ts'
import type { Service } from '../error-body.ts'
import { consume, matches, type Sight } from './match.ts'
import type { Effect } from './rule.ts'

/** Finds the rule that strikes a request. */
export class Faults {
  readonly #cloud: Cloud

  constructor(cloud: Cloud) {
    this.#cloud = cloud
  }

  /** The first rule in order of their making that fits and strikes; its use is counted before the request goes on. */
  async strike(visit: { service: Service; request: Request; path: string }): Promise<Effect | null> {
    const { rules } = this.#cloud.state
    if (rules.size === 0) return null
    const sight = await this.#look(visit)
    for (const { id } of rules.values()) {
      const rule = rules.get(id) // looking took a moment: another request may have used it up
      if (rule === undefined || !matches(rule, sight)) continue
      const { strikes, next } = consume(rule)
      if (next === null) rules.delete(id)
      else rules.put(id, next)
      this.#cloud.commit()
      if (strikes) return rule.effect
    }
    return null
  }

  async #look({ service, request, path }: { service: Service; request: Request; path: string }): Promise<Sight> {
    const project = principalOf(this.#cloud, request.headers.get('x-auth-token') ?? undefined)?.project
    const sight: Sight = {
      service,
      method: request.method,
      path,
      serverName: null,
      flavor: [],
      project: project ? [project.id, project.name] : [],
    }
    const [, id] = /^\/compute\/v2\.1\/servers\/([0-9a-f-]{36})/.exec(path) ?? []
    if (id !== undefined) return { ...sight, serverName: this.#cloud.state.servers.get(id)?.name ?? null }
    if (request.method !== 'POST' || !/^\/compute\/v2\.1\/servers\/?$/.test(path)) return sight
    const { name, flavorRef } = await wish(request)
    const flavor = typeof flavorRef === 'string' ? this.#cloud.state.flavors.get(flavorRef) : undefined
    return {
      ...sight,
      serverName: typeof name === 'string' ? name : null,
      flavor: flavor === undefined ? [] : [flavor.id, flavor.name],
    }
  }
}

/** The `server` of a create's body, read from a copy. */
async function wish(request: Request): Promise<{ name?: unknown; flavorRef?: unknown }> {
  try {
    const body: unknown = await request.clone().json()
    const server = typeof body === 'object' && body !== null && 'server' in body ? body.server : null
    return typeof server === 'object' && server !== null ? server : {}
  } catch {
    return {} // no JSON: the service will say so
  }
}
