import { z } from 'zod'
import { text, time } from '../schema.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** What Keystone tells of an application credential: all but its secret. */
export interface ApplicationCredential {
  id: string
  name: string
  description: string | null
  projectId: string
  /** Names. */
  roles: string[]
  /** ISO 8601; null if it does not expire. */
  expiresAt: string | null
  /** It may make further application credentials and trusts. */
  unrestricted: boolean
}

const one = z
  .object({
    application_credential: z.object({
      id: z.string(),
      name: z.string(),
      description: text,
      project_id: z.string(),
      roles: z.array(z.object({ name: z.string() })).default([]),
      expires_at: time,
      unrestricted: z.boolean().default(false),
    }),
  })
  .transform(({ application_credential: body }): ApplicationCredential => ({
    id: body.id,
    name: body.name,
    description: body.description,
    projectId: body.project_id,
    roles: body.roles.map(({ name }) => name),
    expiresAt: body.expires_at,
    unrestricted: body.unrestricted,
  }))

export class ApplicationCredentials {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /**
   * One of a user's; with a token of the credential itself too, unless its access rules leave this out.
   *
   * @throws OpenStackError `NotFound`; `Unauthorized` if the rules do not allow to ask
   */
  show(userId: string, id: string, options: CallOptions = {}): Promise<ApplicationCredential> {
    return this.#client.get(path`/users/${userId}/application_credentials/${id}`, one, options)
  }
}
