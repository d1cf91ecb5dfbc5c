import type { Cloud } from '../cloud.ts'
import { effectiveRoles } from './roles.ts'
import type { ApplicationCredential, Principal, Token } from './types.ts'

export const assignmentKey = (userId: string, projectId: string): string => `${userId}:${projectId}`

const assigned = (cloud: Cloud, userId: string, projectId: string): string[] =>
  cloud.state.assignments.get(assignmentKey(userId, projectId))?.roles ?? []

/** Roles are read at each use, so a user who lost a project loses the tokens and credentials for it at once. */
export function rolesFor(
  cloud: Cloud,
  token: Pick<Token, 'userId' | 'projectId' | 'applicationCredentialId'>,
): string[] {
  if (token.projectId === null) return []
  const held = effectiveRoles(assigned(cloud, token.userId, token.projectId))
  if (token.applicationCredentialId === null) return held
  const credential = cloud.state.credentials.get(token.applicationCredentialId)
  return credential === undefined || !stillGood(credential, held, cloud.now()) ? [] : effectiveRoles(credential.roles)
}

const stillGood = (credential: ApplicationCredential, held: string[], now: number): boolean =>
  (credential.expiresAt === null || credential.expiresAt > now) && credential.roles.every((role) => held.includes(role))

/** Who a token stands for now; null = it is unknown, expired, revoked or without its rights. */
export function principalOf(cloud: Cloud, tokenId: string | undefined): Principal | null {
  if (tokenId === undefined) return null
  const token = cloud.state.tokens.get(tokenId)
  if (token === undefined || token.expiresAt <= cloud.now()) return null
  const user = cloud.state.users.get(token.userId)
  if (user === undefined || !user.enabled) return null
  if (token.projectId === null) return { token, user, project: null, roles: [] }
  const project = cloud.state.projects.get(token.projectId)
  const roles = rolesFor(cloud, token)
  if (project === undefined || !project.enabled || roles.length === 0) return null
  return { token, user, project, roles }
}

/** Projects in which the user has any role. */
export const projectsOf = (cloud: Cloud, userId: string): string[] =>
  [...cloud.state.assignments.values()].filter((a) => a.userId === userId && a.roles.length > 0).map((a) => a.projectId)
