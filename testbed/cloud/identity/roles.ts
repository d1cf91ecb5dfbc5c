import { seededHex } from '../ids.ts'
import type { Principal } from './types.ts'

/** Keystone's default roles: each implies those before it. */
const LADDER = ['reader', 'member', 'admin']

export const roleId = (name: string): string => seededHex('role', name)
export const ROLES = LADDER.map((name) => ({ id: roleId(name), name }))

/** With what they imply, as a token lists them. */
export function effectiveRoles(roles: readonly string[]): string[] {
  const height = Math.max(-1, ...roles.map((role) => LADDER.indexOf(role)))
  return [...new Set([...roles, ...LADDER.slice(0, height + 1)])]
}

export const isAdmin = (who: Principal): boolean => who.roles.includes('admin')
export const mayWrite = (who: Principal): boolean => who.roles.includes('member')

/** The project that the token is scoped to; services refuse unscoped tokens before they ask. */
export const projectOf = (who: Principal): string => who.project?.id ?? ''
