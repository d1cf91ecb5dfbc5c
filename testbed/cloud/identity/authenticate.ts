import { z } from 'zod'
import type { Cloud } from '../cloud.ts'
import { hexId, secret } from '../ids.ts'
import { badRequest, notFound, Refusal } from '../refusal.ts'
import { matches } from './digest.ts'
import { principalOf, rolesFor } from './principal.ts'
import type { ApplicationCredential, Project, Token, User } from './types.ts'

const DomainSchema = z.object({ id: z.string().optional(), name: z.string().optional() })
const UserRefSchema = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  domain: DomainSchema.optional(),
})
const RequestSchema = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.string()),
      password: z.object({ user: UserRefSchema.extend({ password: z.string() }) }).optional(),
      token: z.object({ id: z.string() }).optional(),
      application_credential: z
        .object({
          id: z.string().optional(),
          name: z.string().optional(),
          secret: z.string(),
          user: UserRefSchema.optional(),
        })
        .optional(),
    }),
    scope: z
      .union([
        z.literal('unscoped'),
        z.object({
          project: z
            .object({ id: z.string().optional(), name: z.string().optional(), domain: DomainSchema.optional() })
            .optional(),
        }),
      ])
      .optional(),
  }),
})
type AuthRequest = z.infer<typeof RequestSchema>['auth']
type UserRef = z.infer<typeof UserRefSchema>

/** Keystone tells nobody why. */
export const unauthenticated = (headers: Record<string, string> = {}): Refusal =>
  new Refusal(401, 'The request you have made requires authentication.', { headers })

/** The id of the domain that a name is looked up in; domain names are the same in small and capital letters. */
function domainOf(cloud: Cloud, ref: z.infer<typeof DomainSchema> | undefined): string | undefined {
  if (ref?.id !== undefined) return ref.id
  const name = ref?.name?.toLowerCase()
  return [...cloud.state.domains.values()].find((domain) => domain.name.toLowerCase() === name)?.id
}

interface Identified {
  user: User
  credential: ApplicationCredential | null
  /** The token that was shown; its expiry is inherited. */
  parent: Token | null
}

/** @throws Refusal 400 for a malformed request, 404 for a credential that is not there, 401 for anything else that doesn't fit. */
export function authenticate(cloud: Cloud, body: unknown): Token {
  const parsed = RequestSchema.safeParse(body)
  if (!parsed.success) {
    const at = parsed.error.issues[0]
    throw badRequest(`Invalid input for field '${at?.path.join('/') ?? ''}': ${at?.message ?? 'malformed'}`)
  }
  const request = parsed.data.auth
  const who = identify(cloud, request)
  if (who === null || !who.user.enabled) throw unauthenticated()
  const projectId = scopeOf(cloud, request, who)
  if (projectId === undefined) throw unauthenticated()
  const now = cloud.now()
  const token: Token = {
    id: `gAAAAA${secret()}`,
    userId: who.user.id,
    projectId,
    methods: request.identity.methods,
    applicationCredentialId: who.credential?.id ?? null,
    auditId: hexId().slice(0, 22),
    issuedAt: now,
    expiresAt: who.parent?.expiresAt ?? now + cloud.timings().tokenSeconds * 1000,
  }
  if (projectId !== null && rolesFor(cloud, token).length === 0) throw unauthenticated()
  cloud.state.tokens.put(token.id, token)
  return token
}

function identify(cloud: Cloud, { identity }: AuthRequest): Identified | null {
  const { methods, password, token, application_credential: shown } = identity
  if (methods.includes('application_credential')) {
    if (shown === undefined) throw badRequest('Expecting to find application_credential in identity.')
    const credential = findCredential(cloud, shown)
    const user = credential && cloud.state.users.get(credential.userId)
    return credential && user && matches(credential.secret, shown.secret) ? { user, credential, parent: null } : null
  }
  if (methods.includes('password')) {
    if (password === undefined) throw badRequest('Expecting to find password in identity.')
    const user = findUser(cloud, password.user)
    return user && matches(user.password, password.user.password) ? { user, credential: null, parent: null } : null
  }
  if (methods.includes('token')) {
    if (token === undefined) throw badRequest('Expecting to find token in identity.')
    const shownToken = principalOf(cloud, token.id)
    if (shownToken === null || shownToken.token.applicationCredentialId !== null) return null
    return { user: shownToken.user, credential: null, parent: shownToken.token }
  }
  return null
}

function findUser(cloud: Cloud, ref: UserRef): User | undefined {
  if (ref.id !== undefined) return cloud.state.users.get(ref.id)
  const domain = domainOf(cloud, ref.domain)
  return [...cloud.state.users.values()].find((user) => user.name === ref.name && user.domainId === domain)
}

function findCredential(
  cloud: Cloud,
  shown: NonNullable<AuthRequest['identity']['application_credential']>,
): ApplicationCredential | undefined {
  if (shown.id !== undefined) {
    const found = cloud.state.credentials.get(shown.id)
    // One that is not there is no 401, as a wrong secret is (keystone/auth/plugins/core.py, AppCredInfo).
    if (found === undefined) throw notFound(`Could not find Application Credential: ${shown.id}.`)
    return found
  }
  const user = shown.user && findUser(cloud, shown.user)
  return [...cloud.state.credentials.values()].find((c) => c.name === shown.name && c.userId === user?.id)
}

/** A project id, null = unscoped, undefined = no such scope for this user. */
function scopeOf(cloud: Cloud, { scope }: AuthRequest, who: Identified): string | null | undefined {
  // The credential is the scope; asking for one is an error in Keystone too.
  if (who.credential !== null) return scope === undefined ? who.credential.projectId : undefined
  if (scope === undefined || scope === 'unscoped') return null
  if (scope.project === undefined) return undefined
  const project = findProject(cloud, scope.project)
  return project?.enabled === true ? project.id : undefined
}

function findProject(
  cloud: Cloud,
  ref: { id?: string | undefined; name?: string | undefined; domain?: z.infer<typeof DomainSchema> | undefined },
): Project | undefined {
  if (ref.id !== undefined) return cloud.state.projects.get(ref.id)
  const domain = domainOf(cloud, ref.domain)
  return [...cloud.state.projects.values()].find((project) => project.name === ref.name && project.domainId === domain)
}

/** Tokens past their time are of no use to anybody. */
export function forgetExpiredTokens(cloud: Cloud): void {
  for (const token of cloud.state.tokens.values())
    if (token.expiresAt <= cloud.now()) cloud.state.tokens.delete(token.id)
}
