import type { Context } from 'hono'
import type { Env } from '../cloud.ts'
import { forbidden } from '../refusal.ts'
import { isAdmin } from './roles.ts'

/** @throws Refusal 403 naming the rule, unless an administrator asks. */
export function adminOnly(c: Context<Env>, rule: string): void {
  if (!isAdmin(c.var.principal))
    throw forbidden(`You are not authorized to perform the requested action: identity:${rule}.`)
}

/** What belongs to one user: that user's, and an administrator's. */
export function ownOrAdmin(c: Context<Env>, userId: string, rule: string): void {
  if (c.var.principal.user.id !== userId) adminOnly(c, rule)
}
