import type { Context } from 'hono'
import type { Env } from '../cloud.ts'
import { isAdmin, projectOf } from '../identity/roles.ts'
import { forbidden } from '../refusal.ts'

/** @param rule without `os_compute_api:` */
export const novaForbids = (rule: string) => forbidden(`Policy doesn't allow os_compute_api:${rule} to be performed.`)

/** @throws Refusal 403 naming Nova's rule, unless an administrator asks. */
export function adminOnly(c: Context<Env>, rule: string): void {
  if (!isAdmin(c.var.principal)) throw novaForbids(rule)
}

/** What belongs to one project: of tokens for that project, and an administrator's. */
export function ownProjectOnly(c: Context<Env>, projectId: string, rule: string): void {
  if (projectId !== projectOf(c.var.principal)) adminOnly(c, rule)
}
