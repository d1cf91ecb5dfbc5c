import { Hono, type Context } from 'hono'
import { z } from 'zod'
import { microsBare } from '../clock-text.ts'
import type { Cloud, Env } from '../cloud.ts'
import { hexId, secret } from '../ids.ts'
import { check, readJson } from '../read-json.ts'
import { badRequest, conflict, forbidden, notFound } from '../refusal.ts'
import { digest } from './digest.ts'
import { ownOrAdmin } from './rights.ts'
import { roleId, ROLES } from './roles.ts'
import type { ApplicationCredential } from './types.ts'

const NewCredential = z.object({
  application_credential: z.object({
    name: z.string().min(1).max(255),
    description: z.string().nullable().default(null),
    secret: z.string().optional(),
    expires_at: z.string().nullable().default(null),
    roles: z.array(z.object({ id: z.string().optional(), name: z.string().optional() })).optional(),
    unrestricted: z.boolean().default(false),
    access_rules: z.array(z.object({ service: z.string(), method: z.string(), path: z.string() })).optional(),
  }),
})

/** Keystone reads a time without a zone as UTC. */
const instant = (text: string): number => {
  const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)
  if (Number.isNaN(ms)) throw badRequest(`Invalid input for field 'expires_at': ${text}`)
  return ms
}

/** The user that the path names. */
function own(c: Context<Env>, rule: string): string {
  const id = c.req.param('user') ?? ''
  ownOrAdmin(c, id, rule)
  return id
}

/** A user's application credentials; the secret is shown once, at creation. */
export function credentialRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { credentials } = cloud.state
  const base = '/users/:user/application_credentials'

  const view = (row: ApplicationCredential) => ({
    id: row.id,
    name: row.name,
    description: row.description,
    project_id: row.projectId,
    expires_at: row.expiresAt === null ? null : microsBare(row.expiresAt),
    roles: row.roles.map((name) => ({ id: roleId(name), name, domain_id: null })),
    unrestricted: row.unrestricted,
    system: null,
    ...(row.accessRules !== null && { access_rules: row.accessRules }),
    links: { self: `${cloud.url}/identity/v3/users/${row.userId}/application_credentials/${row.id}` },
  })
  /** A token that is itself of a credential makes and deletes others only if that was made for it. */
  const unrestricted = (c: Context<Env>): void => {
    const id = c.var.principal.token.applicationCredentialId
    if (id !== null && credentials.get(id)?.unrestricted !== true)
      throw forbidden(
        "You are not authorized to perform the requested action: Using method 'application_credential' is not allowed for managing additional application credentials..",
      )
  }
  const one = (c: Context<Env>, userId: string): ApplicationCredential => {
    const id = c.req.param('id') ?? ''
    const found = credentials.get(id)
    if (found?.userId !== userId) throw notFound(`Could not find Application Credential: ${id}.`)
    return found
  }

  app.get(base, (c) => {
    const userId = own(c, 'list_application_credentials')
    const name = c.req.query('name')
    const rows = [...credentials.values()].filter((r) => r.userId === userId && (name === undefined || r.name === name))
    return c.json({ application_credentials: rows.map(view), links: { self: null, next: null, previous: null } })
  })
  app.get(`${base}/:id`, (c) => c.json({ application_credential: view(one(c, own(c, 'get_application_credential'))) }))
  app.post(base, async (c) => {
    const { application_credential: wanted } = check(NewCredential, await readJson(c))
    const { user, project, roles } = c.var.principal
    // Only the user, with a token of the project.
    if (own(c, 'create_application_credential') !== user.id || project === null)
      throw forbidden('You are not authorized to perform the requested action: identity:create_application_credential.')
    unrestricted(c)
    const names = wanted.roles?.map((role) => role.name ?? ROLES.find((r) => r.id === role.id)?.name ?? '') ?? roles
    const missing = names.find((name) => !roles.includes(name))
    if (missing !== undefined)
      throw badRequest(`Invalid application credential: Could not find role assignment with role: ${missing}`)
    if ([...credentials.values()].some((row) => row.userId === user.id && row.name === wanted.name))
      throw conflict(
        `Conflict occurred attempting to store application_credential - Duplicate entry found with name ${wanted.name}.`,
      )
    const shown = wanted.secret ?? secret()
    const made: ApplicationCredential = {
      id: hexId(),
      name: wanted.name,
      description: wanted.description,
      userId: user.id,
      projectId: project.id,
      roles: names,
      secret: digest(shown),
      expiresAt: wanted.expires_at === null ? null : instant(wanted.expires_at),
      unrestricted: wanted.unrestricted,
      accessRules: wanted.access_rules?.map((rule) => ({ ...rule, id: hexId() })) ?? null,
    }
    credentials.put(made.id, made)
    return c.json({ application_credential: { ...view(made), secret: shown } }, 201)
  })
  app.delete(`${base}/:id`, (c) => {
    const { id } = one(c, own(c, 'delete_application_credential'))
    unrestricted(c)
    credentials.delete(id)
    return c.body(null, 204)
  })
  return app
}
