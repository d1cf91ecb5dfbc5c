import { STATUS_CODES } from 'node:http'
import type { Refusal } from './refusal.ts'

export type Service = 'identity' | 'image' | 'compute' | 'network' | 'block-storage' | 'placement'

/** Nova's and Cinder's names for status codes (nova.api.openstack.wsgi.Fault); all others are computeFault. */
const NOVA_NAMES: Record<number, string> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  429: 'overLimit',
  501: 'notImplemented',
  503: 'serviceUnavailable',
}

const json = (status: number, body: unknown, headers: Record<string, string>): Response =>
  Response.json(body, { status, headers })

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll("'", '&#x27;')

const html = (status: number, message: string, headers: Record<string, string>): Response => {
  const title = `${status} ${STATUS_CODES[status] ?? 'Error'}`
  const page = `<html>\n <head>\n  <title>${title}</title>\n </head>\n <body>\n  <h1>${title}</h1>\n  ${escapeHtml(message)}<br /><br />\n\n\n </body>\n</html>`
  return new Response(page, { status, headers: { 'content-type': 'text/html; charset=UTF-8', ...headers } })
}

/** Glance's, by what was asked for (webob.exc). */
function ofGlance({ status, message, headers }: Refusal, accept: string): Response {
  const said = status === 401 ? UNAUTHORIZED : message
  if (accept.includes('text/html') || !accept.includes('application/json')) return html(status, said, headers)
  const title = STATUS_CODES[status] ?? 'Error'
  return json(status, { message: `${said}<br /><br />\n\n\n`, code: `${status} ${title}`, title }, headers)
}

const UNAUTHORIZED =
  'This server could not verify that you are authorized to access the document you requested. Either you supplied the ' +
  'wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.'

/** The refusal as the service would word it. @param accept what the caller wants to read */
export function errorResponse(service: Service, refusal: Refusal, accept = ''): Response {
  const { status, message, headers } = refusal
  if (service === 'image') return ofGlance(refusal, accept)
  // Elsewhere a missing or dead token is refused by keystonemiddleware before the service sees the request.
  if (status === 401 || service === 'identity')
    return json(status, { error: { code: status, message, title: STATUS_CODES[status] ?? 'Error' } }, headers)
  if (service === 'network') {
    return json(status, { NeutronError: { type: refusal.type, message, detail: '' } }, headers)
  }
  if (service === 'placement')
    return json(status, { errors: [{ status, title: STATUS_CODES[status] ?? 'Error', detail: message }] }, headers)
  const retryAfter = headers['retry-after']
  const fault = { code: status, message, ...(retryAfter === undefined ? {} : { retryAfter }) }
  return json(status, { [NOVA_NAMES[status] ?? 'computeFault']: fault }, headers)
}
