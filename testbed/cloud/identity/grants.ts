import { Hono, type Context } from 'hono'
import type { Cloud, Env } from '../cloud.ts'
import { notFound } from '../refusal.ts'
import { assignmentKey } from './principal.ts'
import { adminOnly } from './rights.ts'
import { roleId, ROLES } from './roles.ts'
import type { Assignment } from './types.ts'

const GRANT = '/projects/:project/users/:user/roles/:role'

/** Roles, and who has them where. */
export function grantRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { projects, users, assignments } = cloud.state
  const links = { next: null, self: `${cloud.url}/identity/v3`, previous: null }

  app.get('/roles', (c) => {
    const wanted = c.req.query('name')
    adminOnly(c, 'list_roles')
    const rows = ROLES.filter((role) => wanted === undefined || role.name === wanted)
    return c.json({ roles: rows.map((role) => ({ ...role, domain_id: null, description: null })), links })
  })
  app.get('/role_assignments', (c) => {
    adminOnly(c, 'list_role_assignments')
    const rows = [...assignments.values()]
      .filter((a) => [undefined, a.projectId].includes(c.req.query('scope.project.id')))
      .filter((a) => [undefined, a.userId].includes(c.req.query('user.id')))
      .flatMap((a) =>
        a.roles.map((role) => ({
          role: { id: roleId(role) },
          user: { id: a.userId },
          scope: { project: { id: a.projectId } },
          links: {},
        })),
      )
    return c.json({ role_assignments: rows, links })
  })

  const grant = (c: Context<Env>, rule: string): { key: string; role: string; row: Assignment } => {
    adminOnly(c, rule)
    const { project = '', user = '', role: id = '' } = c.req.param()
    if (!projects.has(project)) throw notFound(`Could not find project: ${project}.`)
    if (!users.has(user)) throw notFound(`Could not find user: ${user}.`)
    const role = ROLES.find((known) => known.id === id)?.name
    if (role === undefined) throw notFound(`Could not find role: ${id}.`)
    const key = assignmentKey(user, project)
    return { key, role, row: assignments.get(key) ?? { userId: user, projectId: project, roles: [] } }
  }
  app.put(GRANT, (c) => {
    const { key, role, row } = grant(c, 'create_grant')
    assignments.put(key, { ...row, roles: [...new Set([...row.roles, role])] })
    return c.body(null, 204)
  })
  app.get(GRANT, (c) => {
    const { role, row } = grant(c, 'check_grant')
    if (!row.roles.includes(role)) throw notFound(`Could not find role assignment with role: ${role}.`)
    return c.body(null, 204)
  })
  app.delete(GRANT, (c) => {
    const { key, role, row } = grant(c, 'revoke_grant')
    if (!row.roles.includes(role)) throw notFound(`Could not find role assignment with role: ${role}.`)
    assignments.put(key, { ...row, roles: row.roles.filter((held) => held !== role) })
    return c.body(null, 204)
  })
  return app
}
