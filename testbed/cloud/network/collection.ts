import type { Context } from 'hono'
import type { Cloud, Env } from '../cloud.ts'
import { isAdmin, projectOf } from '../identity/roles.ts'
import type { Principal } from '../identity/types.ts'
import { Refusal } from '../refusal.ts'

const CONTROL = new Set(['limit', 'marker', 'page_reverse', 'fields', 'sort_key', 'sort_dir'])
type View = { id: string } & Record<string, unknown>

/** Neutron's list: any attribute filters exactly, repeated ones are alternatives; pages only on request. */
export function collection(cloud: Cloud, c: Context<Env>, plural: string, rows: readonly View[]): Response {
  const query = new URL(c.req.url).searchParams
  const fits = (row: View): boolean =>
    [...new Set(query.keys())].every(
      (key) => CONTROL.has(key) || query.getAll(key).some((text) => equal(row, key, text)),
    )
  const wanted = rows.filter(fits)
  const [sortKey = 'id'] = query.getAll('sort_key')
  const sign = query.get('sort_dir') === 'desc' ? -1 : 1
  wanted.sort((a, b) => sign * compare(plain(a[sortKey]), plain(b[sortKey])) || compare(a.id, b.id))
  const marker = query.get('marker')
  const start = marker === null ? 0 : wanted.findIndex((row) => row.id === marker) + 1
  if (marker !== null && start === 0)
    throw new Refusal(400, `Invalid input for operation: Marker ${marker} could not be found.`, {
      type: 'InvalidInput',
    })
  const limit = query.has('limit') ? Number(query.get('limit')) : Infinity
  const page = wanted.slice(start, start + limit)
  const fields = query.getAll('fields')
  const body = page.map((row) => (fields.length === 0 ? row : Object.fromEntries(fields.map((f) => [f, row[f]]))))
  const last = page.at(-1)
  const more = last !== undefined && start + page.length < wanted.length
  if (more) query.set('marker', last.id)
  return c.json({
    [plural]: body,
    ...(more && {
      [`${plural}_links`]: [{ rel: 'next', href: `${cloud.url}/network/v2.0/${path(plural)}?${query.toString()}` }],
    }),
  })
}

/** Attributes that have parts neither sort nor filter. */
const plain = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const path = (plural: string): string => plural.replaceAll('_', '-')

function equal(row: View, key: string, text: string): boolean {
  const value = row[key]
  if (value === undefined) return true // Neutron ignores what it doesn't know
  if (typeof value === 'boolean') return String(value) === text.toLowerCase()
  if (Array.isArray(value)) return value.some((part: unknown) => part === text || hasField(part, text))
  return plain(value) === text
}

/** `fixed_ips=ip_address=10.0.0.5` looks into a list of objects. */
function hasField(part: unknown, text: string): boolean {
  const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(text) ?? []
  return typeof part === 'object' && part !== null && Object.entries(part).some(([k, v]) => k === name && v === value)
}

/** Neutron hides what isn't one's own behind a 404. */
export function own<T extends { projectId: string }>(
  who: Principal,
  row: T | undefined,
  type: string,
  what: string,
): T {
  if (row === undefined || (row.projectId !== projectOf(who) && !isAdmin(who)))
    throw new Refusal(404, `${what} could not be found.`, { type })
  return row
}

export const mine = <T extends { projectId: string }>(who: Principal, rows: Iterable<T>): T[] =>
  [...rows].filter((row) => isAdmin(who) || row.projectId === projectOf(who))
