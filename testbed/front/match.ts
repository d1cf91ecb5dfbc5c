import type { Rule } from './rule.ts'

/** What a rule can see of a request. */
export interface Sight {
  service: string
  method: string
  /** Path and query. */
  path: string
  /** The name of the server that is created or addressed; null = the request is about none. */
  serverName: string | null
  flavor: string[]
  project: string[]
}

export function matches(rule: Rule, sight: Sight): boolean {
  const { service, method, pathRegex, name, flavor, project } = rule.match
  return (
    (service === undefined || service === sight.service) &&
    (method === undefined || method.toUpperCase() === sight.method) &&
    (pathRegex === undefined || new RegExp(pathRegex).test(sight.path)) &&
    (name === undefined || (sight.serverName !== null && new RegExp(name).test(sight.serverName))) &&
    (flavor === undefined || sight.flavor.includes(flavor)) &&
    (project === undefined || sight.project.includes(project))
  )
}

/** A number in [0, 1) that depends only on the seed and on how often it was drawn (splitmix32). */
export function draw(seed: number, nth: number): number {
  let z = (Math.imul(seed, 0x9e3779b1) + Math.imul(nth + 1, 0x85ebca6b)) | 0
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return ((z ^ (z >>> 15)) >>> 0) / 4294967296
}

/** The rule after it has seen a matching request, and whether it strikes; null = it is used up. */
export function consume(rule: Rule): { strikes: boolean; next: Rule | null } {
  if (rule.skip > 0) return { strikes: false, next: { ...rule, skip: rule.skip - 1 } }
  const strikes = rule.chance >= 1 || draw(rule.seed, rule.draws) < rule.chance
  const next = { ...rule, draws: rule.draws + 1, struck: rule.struck + (strikes ? 1 : 0) }
  if (!strikes || rule.times === null) return { strikes, next }
  return { strikes, next: rule.times === 1 ? null : { ...next, times: rule.times - 1 } }
}
