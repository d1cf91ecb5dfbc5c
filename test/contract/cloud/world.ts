/** A cloud that the contract is held against. */
export interface World {
  name: string
  /** Between two looks at something that changes by itself, ms. */
  lookEvery: number
  /** Address of a service's API, version included; undefined if the cloud has none. */
  urls: Readonly<Record<Service, string | undefined>>
  /** What its hosts would do for servers of that name waits until {@link letGo}: building as well as deleting. */
  hold(server: string): Promise<void>
  letGo(server: string): Promise<void>
  /** Ends it, and removes what it was made of. */
  stop(): Promise<void>
}

export const SERVICES = ['identity', 'image', 'compute', 'network', 'block-storage'] as const
export type Service = (typeof SERVICES)[number]

export interface Ask {
  service: Service
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the service's version, with its query: `/servers/detail?name=x`. */
  path: string
  json?: unknown
  bytes?: Uint8Array<ArrayBuffer>
  headers?: Readonly<Record<string, string>>
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** Undefined if the body is no JSON. */
  json: unknown
}

/** As `openstack-ts` asks Nova by default. */
const MICROVERSION = { 'openstack-api-version': 'compute 2.79' }

export async function send(world: World, token: string | undefined, ask: Ask): Promise<Answer> {
  const url = world.urls[ask.service]
  if (url === undefined) throw new Error(`${world.name} has no ${ask.service}`)
  const body = ask.bytes ?? (ask.json === undefined ? undefined : JSON.stringify(ask.json))
  const response = await fetch(url + ask.path, {
    method: ask.method,
    headers: {
      'content-type': ask.bytes === undefined ? 'application/json' : 'application/octet-stream',
      accept: 'application/json',
      ...(token !== undefined && { 'x-auth-token': token }),
      ...(ask.service === 'compute' && MICROVERSION),
      ...ask.headers,
    },
    ...(body !== undefined && { body }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: jsonOf(response, text) }
}

function jsonOf(response: Response, text: string): unknown {
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return isJson && text !== '' ? JSON.parse(text) : undefined
}
