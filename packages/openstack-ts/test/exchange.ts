import type { ConnectOptions, OpenStack } from '../src/index.ts'
import { ScriptedCloud, type Answer, type Seen } from './scripted-cloud.ts'

export interface Exchange<T> {
  result: T
  /** Parsed; undefined if none was sent. */
  sent: unknown
  /** As it was sent, `a=1&b=2`. */
  query: string
  headers: Seen['headers']
}

/**
 * One call against a cloud that answers one route, `POST /network/v2.0/routers`. Any other request is answered by 404, so
 * that the call fails unless it asks for exactly that.
 */
export async function exchange<T>(
  route: string,
  answer: Answer | readonly Answer[],
  call: (client: OpenStack) => Promise<T>,
  options: ConnectOptions = {},
): Promise<Exchange<T>> {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect(options)
  const [method = '', path = ''] = route.split(' ')
  cloud.on(method, path, answer)
  const result = await call(client)
  const seen = cloud.calls(method, path).at(-1)
  if (seen === undefined) throw new Error(`${route} was not asked for`)
  return {
    result,
    sent: seen.body === '' ? undefined : JSON.parse(seen.body),
    query: seen.query.toString(),
    headers: seen.headers,
  }
}

/** The routes that a call asks a cloud for, each answered by an empty 204, and what was sent to each. */
export async function routes(
  call: (client: OpenStack) => Promise<unknown>,
  options: ConnectOptions = {},
): Promise<string[]> {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect(options)
  cloud.otherwise = { status: 204 }
  await call(client)
  return cloud.seen
    .filter(({ path }) => path !== '/identity/v3/auth/tokens' && !/^\/(compute\/v2\.1|placement)\/$/.test(path))
    .map(({ method, path, query, body }) =>
      `${method} ${path}${query.size > 0 ? `?${query.toString()}` : ''} ${body}`.trim(),
    )
}
