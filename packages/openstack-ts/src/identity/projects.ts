import { z } from 'zod'
import { text } from '../schema.ts'
import { paginate } from '../transport/paginate.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface Project {
  id: string
  name: string
  domainId: string | null
  description: string | null
  enabled: boolean
}

const project = z
  .object({ id: z.string(), name: z.string(), domain_id: text, description: text, enabled: z.boolean().default(true) })
  .transform(({ domain_id, ...rest }): Project => ({ ...rest, domainId: domain_id }))

export class Projects {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** The projects that this user could have a token for; any user may ask. */
  mine(options: CallOptions = {}): AsyncGenerator<Project, void, undefined> {
    return paginate(this.#client, '/auth/projects', 'projects', project, {}, options)
  }
}
