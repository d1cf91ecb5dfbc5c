import { z } from 'zod'
import type { Seed } from '#testbed/cloud/config.ts'
import { Api } from '../api.ts'

export interface SeededIdentity {
  /** Ids by project name. */
  projects: ReadonlyMap<string, string>
  /** Ids of application credentials by their name. */
  credentials: ReadonlyMap<string, string>
}

const Id = z.object({ id: z.string() })
const Named = z.object({ id: z.string(), name: z.string() })
const Projects = z.object({ projects: z.array(Named) })
const Roles = z.object({ roles: z.array(Named) })

/** Makes projects, users with their roles, and application credentials; all are of the domain Default. */
export async function seedIdentity(admin: Api, seed: Seed): Promise<SeededIdentity> {
  const { identity } = admin
  const there = await admin.get(`${identity}/projects`, Projects)
  const projects = new Map(there.projects.map(({ name, id }) => [name, id]))
  for (const { name, enabled } of seed.projects) {
    if (projects.has(name)) continue
    const body = { project: { name, enabled, domain_id: 'default' } }
    const { project } = await admin.post(`${identity}/projects`, body, z.object({ project: Id }))
    projects.set(name, project.id)
  }
  const { roles } = await admin.get(`${identity}/roles`, Roles)
  const roleIds = new Map(roles.map(({ name, id }) => [name, id]))
  const credentials = new Map<string, string>()
  for (const user of seed.users) {
    const body = { user: { name: user.name, password: user.password, domain_id: 'default' } }
    const made = await admin.post(`${identity}/users`, body, z.object({ user: Id }))
    for (const [project, names] of Object.entries(user.roles)) {
      for (const name of names) {
        const path = `projects/${projects.get(project)}/users/${made.user.id}/roles/${roleIds.get(name)}`
        await admin.put(`${identity}/${path}`, { json: {} })
      }
    }
    for (const { name, secret, project } of user.applicationCredentials) {
      // Nobody can make them for others.
      const self = await Api.login(identity, { user: user.name, password: user.password, project })
      const { application_credential: credential } = await self.post(
        `${identity}/users/${made.user.id}/application_credentials`,
        { application_credential: { name, secret } },
        z.object({ application_credential: Id }),
      )
      credentials.set(name, credential.id)
    }
  }
  return { projects, credentials }
}
