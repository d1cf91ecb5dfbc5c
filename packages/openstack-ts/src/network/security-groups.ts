import { z } from 'zod'
import { flag, number, resource, strings, text, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { withRevision, type UpdateOptions } from './revision.ts'
import { rule, type SecurityGroupRule } from './security-group-rules.ts'

export interface SecurityGroup extends Resource {
  id: string
  name: string
  projectId: string | null
  description: string | null
  /** False: replies need rules of their own. Null where Neutron does not know the difference. */
  stateful: boolean | null
  rules: SecurityGroupRule[]
  tags: string[]
  /** Counts its changes; for {@link UpdateOptions.ifRevision}. */
  revision: number | null
}

export interface SecurityGroupFilter {
  /** Exact; several groups of a project may have one name. */
  name?: string | undefined
  projectId?: string | undefined
  /** All of them. */
  tags?: readonly string[] | undefined
}

export interface SecurityGroupChange {
  name?: string | undefined
  description?: string | undefined
  /** Cannot be changed while ports use the group. */
  stateful?: boolean | undefined
}

export interface SecurityGroupCreate extends SecurityGroupChange {
  name: string
  /** Another project's group: for administrators. */
  projectId?: string | undefined
}

const group = resource(
  {
    id: z.string(),
    name: z.string(),
    project_id: text,
    tenant_id: text,
    description: text,
    stateful: flag,
    security_group_rules: z.array(rule).default([]),
    tags: strings,
    revision_number: number,
  },
  (body): Fields<SecurityGroup> => ({
    id: body.id,
    name: body.name,
    projectId: body.project_id ?? body.tenant_id,
    description: body.description,
    stateful: body.stateful,
    rules: body.security_group_rules,
    tags: body.tags,
    revision: body.revision_number,
  }),
)

const one = z.object({ security_group: group }).transform((body) => body.security_group)

/** https://docs.openstack.org/api-ref/network/v2/#security-groups-security-groups */
export class SecurityGroups {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(filter: SecurityGroupFilter = {}, options: PageOptions = {}): AsyncGenerator<SecurityGroup, void, undefined> {
    const query = { name: filter.name, project_id: filter.projectId, tags: filter.tags?.join(',') }
    return paginate(this.#client, '/security-groups', 'security_groups', group, query, options)
  }

  show(id: string, options: CallOptions = {}): Promise<SecurityGroup> {
    return this.#client.get(path`/security-groups/${id}`, one, options)
  }

  /** Neutron gives it two rules, which let everything out. */
  create(create: SecurityGroupCreate, options: CallOptions = {}): Promise<SecurityGroup> {
    const { name, description, stateful, projectId } = create
    const body = { name, description, stateful, project_id: projectId }
    return this.#client.post('/security-groups', { security_group: body }, one, options)
  }

  /** @throws OpenStackError `Conflict` if it is not of `options.ifRevision` any more */
  update(id: string, change: SecurityGroupChange, options: UpdateOptions = {}): Promise<SecurityGroup> {
    const { name, description, stateful } = change
    const body = { security_group: { name, description, stateful } }
    return this.#client.put(path`/security-groups/${id}`, body, one, withRevision(options))
  }

  /** @throws OpenStackError `Conflict` while ports use it */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/security-groups/${id}`, options)
  }
}
