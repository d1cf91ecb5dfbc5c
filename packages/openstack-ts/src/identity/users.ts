import { z } from 'zod'
import { resource, text, time, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface User extends Resource {
  id: string
  name: string
  domainId: string | null
  defaultProjectId: string | null
  description: string | null
  email: string | null
  enabled: boolean
  /** Null is never. */
  passwordExpiresAt: string | null
}

export interface UserFilter {
  /** Exact; names are unique within a domain only. */
  name?: string | undefined
  domainId?: string | undefined
  enabled?: boolean | undefined
}

export interface UserChange {
  name?: string | undefined
  /** For administrators. */
  password?: string | undefined
  defaultProjectId?: string | undefined
  description?: string | undefined
  email?: string | undefined
  /** False: the user's tokens end. */
  enabled?: boolean | undefined
}

export interface UserCreate extends UserChange {
  name: string
  /** Default of Keystone: the domain of the token. */
  domainId?: string | undefined
}

const user = resource(
  {
    id: z.string(),
    name: z.string(),
    domain_id: text,
    default_project_id: text,
    description: text,
    email: text,
    enabled: z.boolean().default(true),
    password_expires_at: time,
  },
  ({ domain_id, default_project_id, password_expires_at, ...same }): Fields<User> => ({
    ...same,
    domainId: domain_id,
    defaultProjectId: default_project_id,
    passwordExpiresAt: password_expires_at,
  }),
)

const one = z.object({ user }).transform((body) => body.user)

/** Administrators see all, anybody else the user that they are. https://docs.openstack.org/api-ref/identity/v3/#users */
export class Users {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(filter: UserFilter = {}, options: PageOptions = {}): AsyncGenerator<User, void, undefined> {
    const { name, domainId, enabled } = filter
    return paginate(this.#client, '/users', 'users', user, { name, domain_id: domainId, enabled }, options)
  }

  show(id: string, options: CallOptions = {}): Promise<User> {
    return this.#client.get(path`/users/${id}`, one, options)
  }

  /** @throws OpenStackError `Conflict` if the domain has one of that name */
  create(create: UserCreate, options: CallOptions = {}): Promise<User> {
    const { domainId, ...change } = create
    return this.#client.post('/users', { user: { ...bodyOf(change), domain_id: domainId } }, one, options)
  }

  update(id: string, change: UserChange, options: CallOptions = {}): Promise<User> {
    return this.#client.patch(path`/users/${id}`, { user: bodyOf(change) }, one, options)
  }

  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/users/${id}`, options)
  }
}

function bodyOf({ defaultProjectId, ...same }: UserChange): object {
  return { ...same, default_project_id: defaultProjectId }
}
