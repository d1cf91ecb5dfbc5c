import type { Cloud } from '../cloud.ts'
import type { Service } from '../error-body.ts'
import type { Principal } from './types.ts'

/**
 * What keystonemiddleware makes of a credential's access rules: one of them has to allow the request, and a service that was
 * not told its own type (`service_type` of `[keystone_authtoken]`) can allow none. Both are the 401 of a bad token.
 */
export function allowedByRules(
  cloud: Cloud,
  who: Principal,
  service: Service,
  request: { method: string; path: string },
): boolean {
  const id = who.token.applicationCredentialId
  const rules = id === null ? null : (cloud.state.credentials.get(id)?.accessRules ?? null)
  if (rules === null) return true
  if (cloud.config.withoutServiceType.includes(service)) return false
  return rules.some(
    (rule) => rule.service === service && rule.method === request.method && pathMatches(request.path, rule.path),
  )
}

/** `*` and `{name}` stand for one part of a path, `**` for any number. */
function pathMatches(path: string, pattern: string): boolean {
  const source = pattern.replace(/\{[^}]*\}|\*\*|\*|[^{}*]+/g, (part) => {
    if (part === '**') return '.*'
    return part === '*' || part.startsWith('{') ? '[^/]+' : part.replace(/[\\^$.+?()[\]|]/g, '\\$&')
  })
  return new RegExp(`^${source}$`).test(path)
}
