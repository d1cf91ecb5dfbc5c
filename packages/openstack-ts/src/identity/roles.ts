import { z } from 'zod'
import { resource, text, type Fields, type Resource } from '../schema.ts'
import { unlessNotFound } from '../error/predicates.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface Role extends Resource {
  id: string
  name: string
  /** Null for a role of all domains. */
  domainId: string | null
  description: string | null
}

/** Who has, or shall have, a role where; all are ids. */
export type Grant = ({ userId: string } | { groupId: string }) & ({ projectId: string } | { domainId: string })

const role = resource(
  { id: z.string(), name: z.string(), domain_id: text, description: text },
  ({ domain_id, ...same }): Fields<Role> => ({ ...same, domainId: domain_id }),
)

const one = z.object({ role }).transform((body) => body.role)

/** For administrators. https://docs.openstack.org/api-ref/identity/v3/#roles */
export class Roles {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** Without a domain: the roles of all domains. */
  list(
    filter: { name?: string | undefined; domainId?: string | undefined } = {},
    options: PageOptions = {},
  ): AsyncGenerator<Role, void, undefined> {
    const query = { name: filter.name, domain_id: filter.domainId }
    return paginate(this.#client, '/roles', 'roles', role, query, options)
  }

  show(id: string, options: CallOptions = {}): Promise<Role> {
    return this.#client.get(path`/roles/${id}`, one, options)
  }

  /** The roles that somebody was given there directly, not through groups. */
  granted(to: Grant, options: CallOptions = {}): AsyncGenerator<Role, void, undefined> {
    return paginate(this.#client, grantPath(to), 'roles', role, {}, options)
  }

  /** Having it already is no error. */
  async grant(to: Grant, roleId: string, options: CallOptions = {}): Promise<void> {
    await this.#client.request('PUT', `${grantPath(to)}${path`/${roleId}`}`, options)
  }

  /** Whether somebody was given it there; false as well if there is no such role, user or project. */
  async isGranted(to: Grant, roleId: string, options: CallOptions = {}): Promise<boolean> {
    const call = this.#client.request('HEAD', `${grantPath(to)}${path`/${roleId}`}`, options)
    return (await unlessNotFound(call)) !== undefined
  }

  /** @throws OpenStackError `NotFound` if there is nothing to take away */
  async revoke(to: Grant, roleId: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(`${grantPath(to)}${path`/${roleId}`}`, options)
  }
}

function grantPath(to: Grant): string {
  const where = 'projectId' in to ? path`/projects/${to.projectId}` : path`/domains/${to.domainId}`
  const who = 'userId' in to ? path`/users/${to.userId}` : path`/groups/${to.groupId}`
  return `${where}${who}/roles`
}
