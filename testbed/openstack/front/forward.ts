import { type IncomingMessage, request as httpRequest } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Of one connection alone (RFC 9110, 7.6.1), or the next one's own. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'host',
  'expect',
])

/** Asks a service what its front was asked, and brings its answer; never throws. */
export async function forward(request: Request, to: string): Promise<Response> {
  const answered = Promise.withResolvers<IncomingMessage>()
  const headers = Object.fromEntries([...request.headers].filter(([name]) => !HOP_BY_HOP.has(name)))
  // a connection that is kept may be closed by a service at the moment in which it is used again
  const out = httpRequest(to, { method: request.method, headers, agent: false })
  out.once('response', answered.resolve).once('error', answered.reject)
  if (request.body === null) out.end()
  else void pipeline(Readable.fromWeb(request.body), out).catch(answered.reject)
  try {
    return toResponse(await answered.promise)
  } catch (error) {
    return nobody(error)
  }
}

function toResponse(incoming: IncomingMessage): Response {
  const { statusCode: status = 502 } = incoming
  const headers = Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
    HOP_BY_HOP.has(name) ? [] : values.map((value): [string, string] => [name, value]),
  )
  const empty = status === 204 || status === 304 || incoming.headers['content-length'] === '0'
  if (empty) incoming.resume()
  return new Response(empty ? null : Readable.toWeb(incoming), { status, headers })
}

/** What HAProxy says for a service that is not there, or is gone before it has answered. */
function nobody(error: unknown): Response {
  const refused = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED'
  const [status, text] = refused
    ? [503, '503 Service Unavailable</h1>\nNo server is available to handle this request.']
    : [502, '502 Bad Gateway</h1>\nThe server returned an invalid or incomplete response.']
  const headers = { 'content-type': 'text/html', 'cache-control': 'no-cache' }
  return new Response(`<html><body><h1>${text}\n</body></html>\n`, { status, headers })
}
