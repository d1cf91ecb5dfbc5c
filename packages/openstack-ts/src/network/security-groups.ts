import { z } from 'zod'
import { text } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface SecurityGroup {
  id: string
  name: string
  projectId: string | null
  description: string | null
}

const group = z
  .object({ id: z.string(), name: z.string(), project_id: text, tenant_id: text, description: text })
  .transform(({ id, name, project_id, tenant_id, description }): SecurityGroup => {
    return { id, name, projectId: project_id ?? tenant_id, description }
  })

const one = z.object({ security_group: group }).transform((body) => body.security_group)

export class SecurityGroups {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** @param filter name: exact; several groups of a project may have one name */
  list(
    filter: { name?: string | undefined } = {},
    options: PageOptions = {},
  ): AsyncGenerator<SecurityGroup, void, undefined> {
    return paginate(this.#client, '/security-groups', 'security_groups', group, { name: filter.name }, options)
  }

  show(id: string, options: CallOptions = {}): Promise<SecurityGroup> {
    return this.#client.get(path`/security-groups/${id}`, one, options)
  }
}
