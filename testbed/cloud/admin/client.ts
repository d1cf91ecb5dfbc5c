import type { Host } from '../compute/types.ts'
import type { Timings, TimingsChange } from '../config.ts'
import type { Rule, RuleInput } from '#testbed/front/rule.ts'
import type { Counters, RequestEntry } from '#testbed/front/request-log.ts'
import type { Inventory, ServerRecord } from './inspect.ts'

/** The admin API of a cloud, in this process or another. */
export class CloudAdmin {
  readonly #url: string
  readonly #token: string

  constructor(adminUrl: string, token: string) {
    this.#url = adminUrl
    this.#token = token
  }

  /** Every server ever created, in order of creation. */
  servers = (): Promise<ServerRecord[]> => this.#ask('GET', '/servers')
  inventory = (): Promise<Inventory> => this.#ask('GET', '/inventory')
  /** The last 10,000 requests at least, those after number `n` only. */
  requests = (after = 0): Promise<RequestEntry[]> => this.#ask('GET', `/requests?after=${after}`)
  counters = (): Promise<Counters> => this.#ask('GET', '/counters')

  faults = (): Promise<Rule[]> => this.#ask('GET', '/faults')
  addFault = (rule: RuleInput): Promise<Rule> => this.#ask('POST', '/faults', rule)
  removeFault = (id: string): Promise<void> => this.#ask('DELETE', `/faults/${id}`)
  clearFaults = (): Promise<void> => this.#ask('DELETE', '/faults')

  setTimings = (change: TimingsChange): Promise<Timings> => this.#ask('PUT', '/timings', change)
  /** By project name or id; -1 = unlimited. */
  setQuota = (
    project: string,
    change: { compute?: Record<string, number>; network?: Record<string, number>; volume?: Record<string, number> },
  ): Promise<void> => this.#ask('PUT', `/quotas/${encodeURIComponent(project)}`, change)
  /** An empty list takes the project from the user, and with it every token and credential for it. */
  setRoles = (user: string, project: string, roles: string[]): Promise<void> =>
    this.#ask('PUT', '/roles', { user, project, roles })
  /** All tokens, or those of one user or project. */
  revokeTokens = (of: { user?: string; project?: string } = {}): Promise<{ revoked: number }> =>
    this.#ask('POST', '/tokens/revoke', of)
  /** An empty list: no valid host for anything. */
  setHosts = (hosts: Host[]): Promise<Host[]> => this.#ask('PUT', '/hosts', hosts)

  /** By server id, or the name of a living server. */
  setState = (server: string, status: string, fault?: string): Promise<void> =>
    this.#ask('POST', `/servers/${server}/state`, { status, ...(fault !== undefined && { fault }) })
  lock = (server: string): Promise<void> => this.#ask('POST', `/servers/${server}/lock`)
  unlock = (server: string): Promise<void> => this.#ask('POST', `/servers/${server}/unlock`)
  vanish = (server: string): Promise<void> => this.#ask('POST', `/servers/${server}/vanish`)
  stick = (server: string): Promise<void> => this.#ask('POST', `/servers/${server}/stick`)
  release = (server: string): Promise<void> => this.#ask('POST', `/servers/${server}/release`)

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { 'X-Admin-Token': this.#token, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    // The other end is routes.ts, which answers with these very types.
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
}
