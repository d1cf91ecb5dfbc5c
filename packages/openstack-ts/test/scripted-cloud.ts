import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cloudConfigFromEntry, OpenStack, type ConnectOptions } from '../src/index.ts'

/** A request as it arrived. */
export interface Seen {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: string
}

export interface Answer {
  status?: number
  headers?: Record<string, string>
  /** Objects go as JSON, text as it is. */
  body?: unknown
  /** The body piece by piece. */
  parts?: AsyncIterable<string>
  /** Break the connection instead of answering, or after the `parts`. */
  hangUp?: boolean
  /** Never answer. */
  silent?: boolean
  delayMs?: number
}

type Script = (seen: Seen) => Answer

export const PROJECT_ID = 'f00dfeed00000000000000000000cafe'

/**
 * A cloud on the loopback that answers as it is told, with a Keystone that issues numbered tokens and services that
 * refuse any token that was revoked, as the real ones do.
 */
export class ScriptedCloud implements AsyncDisposable {
  readonly seen: Seen[] = []
  readonly revoked = new Set<string>()
  tokens = 0
  tokenSeconds = 3600
  microversions = { min: '2.1', max: '2.96' }
  placementMicroversions = { min: '1.0', max: '1.39' }
  /** Answers routes that have no script. */
  otherwise: Answer = { status: 404, body: 'no such route' }
  /** What the catalog lists. */
  readonly services = [
    { type: 'identity', name: 'keystone', path: '/identity' },
    { type: 'image', name: 'glance', path: '/image' },
    { type: 'compute', name: 'nova', path: '/compute/v2.1' },
    { type: 'network', name: 'neutron', path: '/network' },
    { type: 'placement', name: 'placement', path: '/placement' },
  ]
  readonly #listeners: ((seen: Seen) => void)[] = []
  readonly #scripts = new Map<string, Script>()
  readonly #server = createServer((request, response) => void this.#handle(request, response))
  url = ''

  static async start(): Promise<ScriptedCloud> {
    const cloud = new ScriptedCloud()
    await new Promise<void>((resolve) => cloud.#server.listen(0, '127.0.0.1', resolve))
    cloud.url = `http://127.0.0.1:${portOf(cloud.#server.address())}`
    cloud.on('POST', '/identity/v3/auth/tokens', () => cloud.issueToken())
    cloud.on('GET', '/compute/v2.1/', () => ({ body: cloud.versionDocument() }))
    cloud.on('GET', '/placement/', () => ({ body: cloud.placementVersions() }))
    return cloud
  }

  /** Answers one route; a list answers call by call, its last item for ever. */
  on(method: string, path: string, script: Script | Answer | readonly Answer[]): this {
    this.#scripts.set(`${method} ${path}`, typeof script === 'function' ? script : inTurn([script].flat()))
    return this
  }

  /** Told of the next request. */
  onceSeen(listener: (seen: Seen) => void): void {
    this.#listeners.push(listener)
  }

  calls(method: string, path: string): Seen[] {
    return this.seen.filter((seen) => seen.method === method && seen.path === path)
  }

  json(method: string, path: string): unknown {
    const last = this.calls(method, path).at(-1)
    return last === undefined ? undefined : JSON.parse(last.body)
  }

  connect(options: ConnectOptions = {}, entry: Record<string, unknown> = {}): OpenStack {
    const auth = { auth_url: `${this.url}/identity`, username: 'ada', password: 'sesame', project_id: PROJECT_ID }
    const config = cloudConfigFromEntry('test', { auth, region_name: 'RegionOne', ...entry })
    return OpenStack.connect(config, { retry: { baseDelayMs: 1, maxDelayMs: 1000 }, ...options })
  }

  issueToken(): Answer {
    this.tokens += 1
    const expires = new Date(Date.now() + this.tokenSeconds * 1000).toISOString()
    return { status: 201, headers: { 'x-subject-token': `token-${this.tokens}` }, body: this.tokenBody(expires) }
  }

  tokenBody(expires: string): unknown {
    const domain = { id: 'default', name: 'Default' }
    const endpoint = (url: string) =>
      ['public', 'internal'].map((kind) => ({
        id: kind,
        interface: kind,
        region: 'RegionOne',
        region_id: 'RegionOne',
        url: `${this.url}${url}`,
      }))
    return {
      token: {
        methods: ['password'],
        expires_at: expires,
        issued_at: '2026-01-01T00:00:00.000000Z',
        user: { id: 'user-ada', name: 'ada', domain, password_expires_at: null },
        project: { id: PROJECT_ID, name: 'science', domain },
        is_domain: false,
        roles: [{ id: 'r1', name: 'member' }],
        catalog: this.services.map(({ type, name, path }) => ({ id: type, type, name, endpoints: endpoint(path) })),
      },
    }
  }

  versionDocument(): unknown {
    const { min, max } = this.microversions
    return {
      version: {
        id: 'v2.1',
        status: 'CURRENT',
        version: max,
        min_version: min,
        links: [{ rel: 'self', href: 'http://wrong.example/v2.1/' }],
      },
    }
  }

  placementVersions(): unknown {
    const { min, max } = this.placementMicroversions
    const links = [{ href: '', rel: 'self' }]
    return { versions: [{ id: 'v1.0', status: 'CURRENT', min_version: min, max_version: max, links }] }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url)
    const body = await bodyOf(request)
    const seen = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
    }
    this.seen.push(seen)
    for (const listener of this.#listeners.splice(0)) listener(seen)
    const answer = this.#refusal(seen) ?? this.#scripts.get(`${seen.method} ${seen.path}`)?.(seen) ?? this.otherwise
    if (answer.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, answer.delayMs))
    if (answer.hangUp === true && answer.parts === undefined) return void request.socket.destroy()
    if (answer.silent === true) return
    const isText = typeof answer.body === 'string'
    response.writeHead(answer.status ?? 200, {
      'content-type': isText ? 'text/html; charset=UTF-8' : 'application/json',
      'x-openstack-request-id': `req-${this.seen.length}`,
      ...answer.headers,
    })
    for await (const part of answer.parts ?? []) await new Promise((written) => response.write(part, written))
    if (answer.hangUp === true) return void request.socket.destroy()
    response.end(answer.body === undefined ? '' : isText ? answer.body : JSON.stringify(answer.body))
  }

  #refusal(seen: Seen): Answer | undefined {
    if (seen.path.startsWith('/identity/v3/auth/tokens')) return undefined
    const token = String(seen.headers['x-auth-token'] ?? '')
    if (/^token-\d+$/.test(token) && !this.revoked.has(token)) return undefined
    const error = { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' }
    return { status: 401, headers: { 'www-authenticate': `Keystone uri="${this.url}/identity"` }, body: { error } }
  }
}

function inTurn(answers: readonly Answer[]): Script {
  let next = 0
  return () => answers[Math.min(next++, answers.length - 1)] ?? {}
}

export function portOf(address: AddressInfo | string | null): number {
  if (typeof address === 'object' && address !== null) return address.port
  throw new Error('not listening')
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  try {
    for await (const chunk of request) body += String(chunk)
  } catch {
    // the client broke off
  }
  return body
}
