import { z, type ZodType } from 'zod'
import { isTree, type Tree } from '../tree.ts'
import { queryString, type Query } from './path.ts'
import type { ServiceClient } from './service-client.ts'
import type { CallOptions } from './settings.ts'

export interface PageOptions extends CallOptions {
  /** Items a page; the service has a limit of its own. */
  pageSize?: number | undefined
}

/**
 * All items of a list, page by page.
 *
 * A list that cannot be read to its end is an error, never a shorter list.
 *
 * @param key name of the list in the body (`servers`)
 */
export async function* paginate<T>(
  client: ServiceClient,
  path: string,
  key: string,
  item: ZodType<T>,
  query: Query,
  options: PageOptions = {},
): AsyncGenerator<T, void, undefined> {
  const page = z.looseObject({ [key]: z.array(item) })
  const { pageSize, ...call } = options
  let search = queryString(pageSize === undefined ? query : { ...query, limit: pageSize })
  const seen = new Set<string>()
  for (;;) {
    seen.add(search)
    const body = await client.get(`${path}${search}`, page, call)
    yield* body[key] ?? []
    const next = nextSearch(body, key)
    if (next === undefined) return
    if (seen.has(next)) throw client.error('BadReply', `the pages of ${path} go round in circles at ${next}`)
    search = next
  }
}

/**
 * The query of the next page. Only the query is taken from the link: behind a proxy its host, scheme and prefix are
 * often wrong, and the path is the same for all pages.
 */
export function nextSearch(body: Tree, key: string): string | undefined {
  const link =
    nextLink(body[`${key}_links`]) ??
    nextLink(body['links']) ??
    (typeof body['next'] === 'string' ? body['next'] : undefined)
  if (link === undefined) return undefined
  const start = link.indexOf('?')
  return start < 0 ? '' : link.slice(start).split('#')[0]
}

/** Nova and Neutron list `{rel, href}`; Keystone has `{next: href or null}`. */
function nextLink(links: unknown): string | undefined {
  if (Array.isArray(links)) {
    const next: unknown = links.find((link: unknown) => isTree(link) && link['rel'] === 'next')
    return isTree(next) && typeof next['href'] === 'string' ? next['href'] : undefined
  }
  return isTree(links) && typeof links['next'] === 'string' ? links['next'] : undefined
}

/** The items of a list at once. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
