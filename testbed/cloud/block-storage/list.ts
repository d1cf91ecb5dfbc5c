import { isAdmin, projectOf } from '../identity/roles.ts'
import type { Principal } from '../identity/types.ts'
import { badRequest, notFound } from '../refusal.ts'

const MAX_LIMIT = 1000

interface Row {
  id: string
  name: string | null
  projectId: string
  status: string
  createdAt: number
  metadata: Record<string, string>
}

/** One page of volumes or snapshots as Cinder filters, sorts and cuts it. @throws Refusal 400 or 404. */
export function listRows<T extends Row>(
  rows: Iterable<T>,
  who: Principal,
  query: URLSearchParams,
  filters: Record<string, (row: T) => string>,
): { page: T[]; next: string | null } {
  const everyone = isAdmin(who) && /^(1|t|true)$/i.test(query.get('all_tenants') ?? '')
  const project = everyone ? query.get('project_id') : projectOf(who)
  const metadata = metadataOf(query.get('metadata'))
  const plain: Record<string, (row: T) => string> = { name: (row) => row.name ?? '', status: (row) => row.status }
  const wanted = [...rows].filter(
    (row) =>
      (project === null || row.projectId === project) &&
      Object.entries({ ...plain, ...filters }).every(
        ([key, read]) => !query.has(key) || query.get(key)?.toLowerCase() === read(row).toLowerCase(),
      ) &&
      Object.entries(metadata).every(([key, value]) => row.metadata[key] === value),
  )
  wanted.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
  const marker = query.get('marker')
  const start = marker === null ? 0 : wanted.findIndex(({ id }) => id === marker) + 1
  if (marker !== null && start === 0) throw notFound(`Volume ${marker} could not be found.`)
  const limit = limitOf(query.get('limit'))
  const page = wanted.slice(start, start + limit)
  const last = page.at(-1)
  // Like Cinder: a full page names a next one, even if that will be empty.
  return { page, next: last !== undefined && page.length === limit ? last.id : null }
}

function limitOf(text: string | null): number {
  if (text === null) return MAX_LIMIT
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 0) throw badRequest('limit param must be an integer')
  return Math.min(limit, MAX_LIMIT)
}

/** A Python dictionary of texts. */
function metadataOf(text: string | null): Record<string, string> {
  if (text === null) return {}
  try {
    const parsed: unknown = JSON.parse(text.replaceAll(/u?'/g, '"'))
    if (typeof parsed !== 'object' || parsed === null) return {}
    return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, String(value)]))
  } catch {
    return {}
  }
}
