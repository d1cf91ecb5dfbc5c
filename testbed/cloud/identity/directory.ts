import { Hono, type Context } from 'hono'
import { z } from 'zod'
import type { Cloud, Env } from '../cloud.ts'
import { hexId } from '../ids.ts'
import { check, readJson } from '../read-json.ts'
import { conflict, notFound } from '../refusal.ts'
import { digest } from './digest.ts'
import { assignmentKey, projectsOf } from './principal.ts'
import { adminOnly, ownOrAdmin } from './rights.ts'
import type { Project, User } from './types.ts'

export const projectView = (cloud: Cloud, project: Project) => ({
  id: project.id,
  name: project.name,
  enabled: project.enabled,
  domain_id: project.domainId,
  parent_id: project.domainId,
  is_domain: false,
  description: '',
  tags: [],
  options: {},
  links: { self: `${cloud.url}/identity/v3/projects/${project.id}` },
})

const userView = (cloud: Cloud, user: User) => ({
  id: user.id,
  name: user.name,
  enabled: user.enabled,
  domain_id: user.domainId,
  password_expires_at: null,
  options: {},
  links: { self: `${cloud.url}/identity/v3/users/${user.id}` },
})

const name = z.string().min(1)
const enabled = z.boolean().default(true)
const domain_id = z.string().default('default')
const NewDomain = z.object({ domain: z.object({ name: name.max(64) }) })
const NewProject = z.object({ project: z.object({ name: name.max(64), domain_id, enabled }) })
const NewUser = z.object({ user: z.object({ name: name.max(255), password: z.string(), domain_id, enabled }) })
const Switch = z.object({ enabled: z.boolean() })

const named = <T extends { name: string }>(c: Context, rows: Iterable<T>): T[] =>
  [...rows].filter((row) => c.req.query('name') === undefined || row.name === c.req.query('name'))

/** Names are unique within a domain. @throws Refusal 409. */
function checkFree(
  rows: Iterable<{ name: string; domainId: string }>,
  kind: string,
  wanted: string,
  domain: string,
): void {
  for (const row of rows)
    if (row.name === wanted && row.domainId === domain)
      throw conflict(
        `Conflict occurred attempting to store ${kind} - Duplicate entry found with name ${wanted} at domain ID ${domain}.`,
      )
}

/** Domains, projects and users: an administrator's, but for what is one's own. */
export function directoryRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { domains, projects, users, assignments } = cloud.state
  const links = { next: null, self: `${cloud.url}/identity/v3`, previous: null }
  const project = (id: string): Project => {
    const found = projects.get(id)
    if (found === undefined) throw notFound(`Could not find project: ${id}.`)
    return found
  }
  const user = (id: string): User => {
    const found = users.get(id)
    if (found === undefined) throw notFound(`Could not find user: ${id}.`)
    return found
  }
  const knownDomain = (id: string): void => {
    if (!domains.has(id)) throw notFound(`Could not find domain: ${id}.`)
  }

  app.get('/domains', (c) => {
    adminOnly(c, 'list_domains')
    return c.json({ domains: named(c, domains.values()).map((d) => ({ ...d, enabled: true })), links })
  })
  app.post('/domains', async (c) => {
    const { domain } = check(NewDomain, await readJson(c))
    adminOnly(c, 'create_domain')
    if ([...domains.values()].some((d) => d.name === domain.name))
      throw conflict(`Conflict occurred attempting to store domain - Duplicate entry found with name ${domain.name}.`)
    const made = { id: hexId(), name: domain.name }
    domains.put(made.id, made)
    return c.json({ domain: { ...made, enabled: true } }, 201)
  })

  app.get('/projects', (c) => {
    adminOnly(c, 'list_projects')
    return c.json({ projects: named(c, projects.values()).map((p) => projectView(cloud, p)), links })
  })
  app.get('/projects/:id', (c) => {
    if (c.var.principal.project?.id !== c.req.param('id')) adminOnly(c, 'get_project')
    return c.json({ project: projectView(cloud, project(c.req.param('id'))) })
  })
  app.post('/projects', async (c) => {
    const { project: wanted } = check(NewProject, await readJson(c))
    adminOnly(c, 'create_project')
    knownDomain(wanted.domain_id)
    checkFree(projects.values(), 'project', wanted.name, wanted.domain_id)
    const made: Project = { id: hexId(), name: wanted.name, domainId: wanted.domain_id, enabled: wanted.enabled }
    projects.put(made.id, made)
    return c.json({ project: projectView(cloud, made) }, 201)
  })
  app.patch('/projects/:id', async (c) => {
    const { project: change } = check(z.object({ project: Switch }), await readJson(c))
    adminOnly(c, 'update_project')
    const changed = { ...project(c.req.param('id')), ...change }
    projects.put(changed.id, changed)
    return c.json({ project: projectView(cloud, changed) })
  })
  app.delete('/projects/:id', (c) => {
    adminOnly(c, 'delete_project')
    const { id } = project(c.req.param('id'))
    for (const a of assignments.values()) if (a.projectId === id) assignments.delete(assignmentKey(a.userId, id))
    projects.delete(id)
    return c.body(null, 204)
  })

  app.get('/users', (c) => {
    adminOnly(c, 'list_users')
    return c.json({ users: named(c, users.values()).map((u) => userView(cloud, u)), links })
  })
  app.get('/users/:id', (c) => {
    ownOrAdmin(c, c.req.param('id'), 'get_user')
    return c.json({ user: userView(cloud, user(c.req.param('id'))) })
  })
  app.post('/users', async (c) => {
    const { user: wanted } = check(NewUser, await readJson(c))
    adminOnly(c, 'create_user')
    knownDomain(wanted.domain_id)
    checkFree(users.values(), 'user', wanted.name, wanted.domain_id)
    const made: User = {
      id: hexId(),
      name: wanted.name,
      domainId: wanted.domain_id,
      enabled: wanted.enabled,
      password: digest(wanted.password),
    }
    users.put(made.id, made)
    return c.json({ user: userView(cloud, made) }, 201)
  })
  app.patch('/users/:id', async (c) => {
    const { user: change } = check(z.object({ user: Switch }), await readJson(c))
    adminOnly(c, 'update_user')
    const changed = { ...user(c.req.param('id')), ...change }
    users.put(changed.id, changed)
    return c.json({ user: userView(cloud, changed) })
  })
  app.delete('/users/:id', (c) => {
    adminOnly(c, 'delete_user')
    const { id } = user(c.req.param('id'))
    for (const a of assignments.values()) if (a.userId === id) assignments.delete(assignmentKey(id, a.projectId))
    users.delete(id)
    return c.body(null, 204)
  })
  app.get('/users/:id/projects', (c) => {
    ownOrAdmin(c, c.req.param('id'), 'list_user_projects')
    const mine = projectsOf(cloud, user(c.req.param('id')).id).map((id) => projectView(cloud, project(id)))
    return c.json({ projects: mine, links })
  })
  return app
}
