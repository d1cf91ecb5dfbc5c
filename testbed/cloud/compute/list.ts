import { isAdmin, projectOf } from '../identity/roles.ts'
import type { Principal } from '../identity/types.ts'
import { badRequest, forbidden } from '../refusal.ts'
import { isVolumeBacked } from './boot-devices.ts'
import { novaForbids } from './rights.ts'
import { checkParameters } from './list-parameters.ts'
import { STATES, statusOf } from './status.ts'
import type { Server } from './types.ts'
import type { Plugs } from './view.ts'

const MAX_LIMIT = 1000

export interface Page {
  servers: Server[]
  /** Marker of the next page. */
  next: string | null
}

/** One page of servers as Nova filters, sorts and cuts it. @throws Refusal 400 or 403. */
export function listServers(
  servers: Iterable<Server>,
  who: Principal,
  microversion: number,
  query: URLSearchParams,
  plugs: Plugs,
  detail: boolean,
): Page {
  checkParameters(microversion, query)
  const all = [...servers].filter((server) => !server.vanished)
  const wanted = all.filter(filterOf(who, microversion, query, plugs, detail))
  const before = orderOf(query)
  wanted.sort(before)
  const markerId = query.get('marker')
  const marker = markerId === null ? null : all.find((server) => server.id === markerId)
  if (marker === undefined) throw badRequest(`marker [${markerId}] not found`)
  // The marker itself may have been deleted since: pages go on from where it stood.
  const rest = marker === null ? wanted : wanted.filter((server) => before(marker, server) < 0)
  const limit = limitOf(query.get('limit'))
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return { servers: page, next: last !== undefined && page.length === limit ? last.id : null }
}

export function limitOf(text: string | null): number {
  if (text === null) return MAX_LIMIT
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 0)
    throw badRequest(`Invalid input for query parameters limit. Value: ${text}. '${text}' does not match '^[0-9]*$'`)
  return limit === 0 ? MAX_LIMIT : Math.min(limit, MAX_LIMIT)
}

const isTrue = (text: string | null): boolean => text !== null && /^(1|t|true|on|y|yes|)$/i.test(text)

function instantOf(query: URLSearchParams, key: string): number | null {
  const text = query.get(key)
  if (text === null) return null
  const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)
  if (Number.isNaN(ms))
    throw badRequest(`Invalid input for query parameters ${key}. Value: ${text}. '${text}' is not a 'date-time'`)
  return ms
}

function regex(text: string): RegExp {
  try {
    return new RegExp(text, 'i')
  } catch {
    throw badRequest(`Invalid input for query parameters name. Value: ${text}. '${text}' is not a 'regex'`)
  }
}

/** Filters that only an administrator may use are ignored for others, as in Nova. */
function filterOf(
  who: Principal,
  microversion: number,
  query: URLSearchParams,
  plugs: Plugs,
  detail: boolean,
): (s: Server) => boolean {
  const admin = isAdmin(who)
  const everyone = isTrue(query.get('all_tenants'))
  if (query.has('all_tenants') && everyone && !admin)
    throw novaForbids(`servers:${detail ? 'detail' : 'index'}:get_all_tenants`)
  const statuses = query.getAll('status').map((status) => status.toUpperCase())
  if (statuses.includes('DELETED') && !admin) throw forbidden('Only administrators may list deleted instances')
  const unknown = statuses.length > 0 && statuses.every((status) => status !== 'DELETED' && !(status in STATES))
  if (unknown && microversion >= 38) throw badRequest('Invalid status value')
  const since = instantOf(query, 'changes-since')
  const until = microversion >= 66 ? instantOf(query, 'changes-before') : null
  const deleted = statuses.includes('DELETED') || (admin && isTrue(query.get('deleted')))
  const tests: ((server: Server) => boolean)[] = [
    // changes-since tells of what is gone, too.
    (s) => since !== null || until !== null || (s.vmState === 'deleted') === deleted,
  ]
  const add = (key: string, test: (text: string) => (server: Server) => boolean): void => {
    const text = query.get(key)
    if (text !== null) tests.push(test(text))
  }
  if (!everyone) tests.push((s) => s.projectId === projectOf(who))
  else {
    add('project_id', (text) => (s) => s.projectId === text)
    add('tenant_id', (text) => (s) => s.projectId === text)
  }
  if (statuses.length > 0) tests.push((s) => statuses.includes(statusOf(s)))
  if (since !== null) tests.push((s) => s.updatedAt >= since)
  if (until !== null) tests.push((s) => s.updatedAt <= until)
  add('name', (text) => {
    const pattern = regex(text)
    return (s) => pattern.test(s.name)
  })
  add('uuid', (text) => (s) => s.id === text)
  add('image', (text) => (s) => s.imageId === text && !isVolumeBacked(s))
  add('flavor', (text) => (s) => s.flavor.id === text)
  add('reservation_id', (text) => (s) => s.reservationId === text)
  add('ip', (text) => {
    const pattern = regex(text)
    return (s) => Object.values(plugs.get(s.id)?.addresses ?? {}).some((list) => list.some((a) => pattern.test(a.addr)))
  })
  if (microversion >= 26) {
    add('tags', (text) => (s) => text.split(',').every((tag) => s.tags.includes(tag)))
    add('tags-any', (text) => (s) => text.split(',').some((tag) => s.tags.includes(tag)))
    add('not-tags', (text) => (s) => !text.split(',').every((tag) => s.tags.includes(tag)))
  }
  if (microversion >= 73) add('locked', (text) => (s) => (s.lockedBy !== null) === isTrue(text))
  if (admin) {
    add('host', (text) => (s) => s.host === text)
    add('user_id', (text) => (s) => s.userId === text)
    add('vm_state', (text) => (s) => s.vmState === text)
  }
  if (admin || microversion >= 83) {
    add('key_name', (text) => (s) => s.keyName === text)
    add('availability_zone', (text) => (s) => s.zone === text)
  }
  return (server) => tests.every((test) => test(server))
}

const SORT: Record<string, (server: Server) => string | number> = {
  created_at: (s) => s.createdAt,
  updated_at: (s) => s.updatedAt,
  launched_at: (s) => s.launchedAt ?? 0,
  display_name: (s) => s.name,
  uuid: (s) => s.id,
  vm_state: (s) => s.vmState,
  key_name: (s) => s.keyName ?? '',
}

function orderOf(query: URLSearchParams): (a: Server, b: Server) => number {
  const directions = query.getAll('sort_dir')
  const criteria = query.getAll('sort_key').map((key, n) => {
    const read = SORT[key]
    if (read === undefined) throw badRequest(`Sort key ${key} is not supported`)
    return { read, sign: (directions[n] ?? directions[0] ?? 'desc') === 'asc' ? 1 : -1 }
  })
  return (a, b) => {
    for (const { read, sign } of criteria) {
      const [x, y] = [read(a), read(b)]
      if (x !== y) return x < y ? -sign : sign
    }
    return b.createdAt - a.createdAt || (a.id === b.id ? 0 : a.id < b.id ? 1 : -1)
  }
}
