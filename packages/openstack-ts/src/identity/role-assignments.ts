import { z } from 'zod'
import { resource, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import type { ServiceClient } from '../transport/service-client.ts'

/** Something that is named by id; its name and domain are known with `includeNames` only. */
export interface AssignedTo {
  id: string
  name: string | null
  domain: { id: string; name: string | null } | null
}

export interface RoleAssignment extends Resource {
  role: AssignedTo
  /** One of user and group is there, the other null. */
  user: AssignedTo | null
  group: AssignedTo | null
  /** Where: the one that is not null, or the whole system. */
  project: AssignedTo | null
  domain: AssignedTo | null
  system: boolean
  /** What it is valid for is what lies below project or domain, not these themselves. */
  inherited: boolean
}

export interface RoleAssignmentFilter {
  userId?: string | undefined
  groupId?: string | undefined
  roleId?: string | undefined
  projectId?: string | undefined
  domainId?: string | undefined
  system?: boolean | undefined
  /** What users can do in the end: groups, inheritance and implied roles are followed. */
  effective?: boolean | undefined
  includeNames?: boolean | undefined
  /** With `projectId`: of the projects below it as well. */
  includeSubtree?: boolean | undefined
}

const named = z.object({ id: z.string(), name: z.string().nullish() })
const reference = named.extend({ domain: named.nullish() }).transform(({ id, name, domain }): AssignedTo => ({
  id,
  name: name ?? null,
  domain: domain ? { id: domain.id, name: domain.name ?? null } : null,
}))

const assignment = resource(
  {
    role: reference,
    user: reference.nullish(),
    group: reference.nullish(),
    scope: z.looseObject({
      project: reference.nullish(),
      domain: reference.nullish(),
      system: z.object({ all: z.boolean().optional() }).nullish(),
      'OS-INHERIT:inherited_to': z.string().nullish(),
    }),
  },
  ({ role, user, group, scope }): Fields<RoleAssignment> => ({
    role,
    user: user ?? null,
    group: group ?? null,
    project: scope.project ?? null,
    domain: scope.domain ?? null,
    system: scope.system?.all === true,
    inherited: typeof scope['OS-INHERIT:inherited_to'] === 'string',
  }),
)

/** For administrators. https://docs.openstack.org/api-ref/identity/v3/#list-role-assignments */
export class RoleAssignments {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(filter: RoleAssignmentFilter = {}, options: PageOptions = {}): AsyncGenerator<RoleAssignment, void, undefined> {
    const query = {
      'user.id': filter.userId,
      'group.id': filter.groupId,
      'role.id': filter.roleId,
      'scope.project.id': filter.projectId,
      'scope.domain.id': filter.domainId,
      'scope.system': set(filter.system),
      // Keystone takes their presence for yes, whatever they say.
      effective: set(filter.effective),
      include_names: set(filter.includeNames),
      include_subtree: set(filter.includeSubtree),
    }
    return paginate(this.#client, '/role_assignments', 'role_assignments', assignment, query, options)
  }
}

const set = (flag: boolean | undefined): true | undefined => (flag === true ? true : undefined)
