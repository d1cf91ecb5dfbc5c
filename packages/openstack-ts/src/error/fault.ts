import { isTree } from '../tree.ts'

export interface Fault {
  /** The service's own words, on one line. */
  message: string
  /** Neutron's exception name (`OverQuota`, `IpAddressGenerationFailure`). */
  type: string | undefined
}

/**
 * Takes the message out of a fault body. The services differ:
 * Keystone `{"error": {"message"}}`, Nova `{"<fault name>": {"message"}}`, Neutron `{"NeutronError": {"type", "message"}}`
 * or a bare text there, Glance HTML or `{"title", "message"}`, newer services `{"errors": [{"detail"}]}`, proxies HTML.
 */
export function parseFault(body: string): Fault | undefined {
  const text = body.trim()
  if (text === '') return undefined
  try {
    return faultOfJson(JSON.parse(text))
  } catch {
    return fault(/^<(!doctype|html|head|body|h1)/i.test(text) ? htmlText(text) : text)
  }
}

function faultOfJson(json: unknown): Fault | undefined {
  if (typeof json === 'string') return fault(json)
  if (!isTree(json)) return undefined
  if (typeof json['message'] === 'string') return fault(htmlText(json['message']) || (wordsOf(json['title']) ?? ''))
  const [inner]: unknown[] = Array.isArray(json['errors']) ? json['errors'] : Object.values(json)
  if (typeof inner === 'string') return fault(inner)
  if (!isTree(inner)) return undefined
  const message = wordsOf(inner['message']) ?? wordsOf(inner['detail']) ?? wordsOf(inner['title'])
  return message === undefined ? undefined : fault(message, inner['type'])
}

function wordsOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function fault(message: string, type?: unknown): Fault | undefined {
  const line = message.replace(/\s+/g, ' ').trim().slice(0, 1000)
  return line === '' ? undefined : { message: line, type: typeof type === 'string' ? type : undefined }
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#x27': "'",
  nbsp: ' ',
  amp: '&',
}

/** The words of a page without its title; its heading only repeats the status, and counts if there is nothing else. */
function htmlText(html: string): string {
  const body = html.replace(/<head[\s\S]*?<\/head>/gi, ' ').replace(/<(title|style|script)[\s\S]*?<\/\1>/gi, ' ')
  return textOf(body.replace(/<h1[\s\S]*?<\/h1>/gi, ' ')) || textOf(body)
}

function textOf(html: string): string {
  const words = html.replace(/<\/?[a-z!][^>]*>/gi, ' ')
  return words.replace(/&(#?\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity).trim()
}
