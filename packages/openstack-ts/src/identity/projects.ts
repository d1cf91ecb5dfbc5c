import { z } from 'zod'
import { resource, strings, text, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface Project extends Resource {
  id: string
  name: string
  domainId: string | null
  /** The project above it, or its domain. */
  parentId: string | null
  description: string | null
  enabled: boolean
  tags: string[]
}

export interface ProjectFilter {
  /** Exact; names are unique within a domain only. */
  name?: string | undefined
  domainId?: string | undefined
  parentId?: string | undefined
  enabled?: boolean | undefined
  /** All of them. */
  tags?: readonly string[] | undefined
}

export interface ProjectChange {
  name?: string | undefined
  description?: string | undefined
  /** False: there are no tokens for it any more, and those that there are end. */
  enabled?: boolean | undefined
  tags?: readonly string[] | undefined
}

export interface ProjectCreate extends ProjectChange {
  name: string
  /** Default of Keystone: the domain of the token. */
  domainId?: string | undefined
  parentId?: string | undefined
}

const project = resource(
  {
    id: z.string(),
    name: z.string(),
    domain_id: text,
    parent_id: text,
    description: text,
    enabled: z.boolean().default(true),
    tags: strings,
  },
  ({ domain_id, parent_id, ...rest }): Fields<Project> => ({ ...rest, domainId: domain_id, parentId: parent_id }),
)

const one = z.object({ project }).transform((body) => body.project)

/** https://docs.openstack.org/api-ref/identity/v3/#projects */
export class Projects {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** The projects that this user could have a token for; any user may ask. */
  mine(options: CallOptions = {}): AsyncGenerator<Project, void, undefined> {
    return paginate(this.#client, '/auth/projects', 'projects', project, {}, options)
  }

  /** The projects in which a user has a role; others than oneself are for administrators. */
  ofUser(userId: string, options: CallOptions = {}): AsyncGenerator<Project, void, undefined> {
    return paginate(this.#client, path`/users/${userId}/projects`, 'projects', project, {}, options)
  }

  /** For administrators. Keystone may cut the list at its own limit: filter it. */
  list(filter: ProjectFilter = {}, options: PageOptions = {}): AsyncGenerator<Project, void, undefined> {
    const { name, domainId, parentId, enabled, tags } = filter
    const query = { name, domain_id: domainId, parent_id: parentId, enabled, tags: tags?.join(',') }
    return paginate(this.#client, '/projects', 'projects', project, query, options)
  }

  show(id: string, options: CallOptions = {}): Promise<Project> {
    return this.#client.get(path`/projects/${id}`, one, options)
  }

  /** @throws OpenStackError `Conflict` if the domain has one of that name */
  create(create: ProjectCreate, options: CallOptions = {}): Promise<Project> {
    const { domainId, parentId, ...same } = create
    const body = { ...same, domain_id: domainId, parent_id: parentId }
    return this.#client.post('/projects', { project: body }, one, options)
  }

  update(id: string, change: ProjectChange, options: CallOptions = {}): Promise<Project> {
    return this.#client.patch(path`/projects/${id}`, { project: change }, one, options)
  }

  /** What the other services have in it stays behind, and nobody can reach it then. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/projects/${id}`, options)
  }
}
