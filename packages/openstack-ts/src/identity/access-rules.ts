import { z } from 'zod'
import { resource, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** One kind of request that an application credential is good for. */
export interface AllowedRequest {
  /** Service type, e.g. `compute`. */
  service: string
  method: string
  /** `/v2.1/servers/*`: `*` or `{name}` is one part of the path, `**` any number of parts. */
  path: string
}

export interface AccessRule extends AllowedRequest, Resource {
  id: string
}

export const accessRule = resource(
  { id: z.string(), service: z.string(), method: z.string(), path: z.string() },
  (body): Fields<AccessRule> => body,
)

const one = z.object({ access_rule: accessRule }).transform((body) => body.access_rule)

/**
 * A user's rules; they outlive the credentials that they were made with. From Keystone 3.13.
 *
 * https://docs.openstack.org/api-ref/identity/v3/#list-access-rules
 */
export class AccessRules {
  readonly #client: ServiceClient
  readonly #userId: (options: CallOptions) => Promise<string>

  constructor(client: ServiceClient, userId: (options: CallOptions) => Promise<string>) {
    this.#client = client
    this.#userId = userId
  }

  /** @param userId default: the user that the token belongs to */
  async *list(userId?: string, options: PageOptions = {}): AsyncGenerator<AccessRule, void, undefined> {
    const at = path`/users/${userId ?? (await this.#userId(options))}/access_rules`
    yield* paginate(this.#client, at, 'access_rules', accessRule, {}, options)
  }

  async show(id: string, userId?: string, options: CallOptions = {}): Promise<AccessRule> {
    return this.#client.get(path`/users/${userId ?? (await this.#userId(options))}/access_rules/${id}`, one, options)
  }

  /** @throws OpenStackError `Forbidden` while a credential uses it */
  async delete(id: string, userId?: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/users/${userId ?? (await this.#userId(options))}/access_rules/${id}`, options)
  }
}
