import { z } from 'zod'
import { Secret } from '../cloud-config/secret.ts'
import { flag, resource, text, time, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { accessRule, type AccessRule, type AllowedRequest } from './access-rules.ts'

/** What a program logs in with in place of its user: for one project, for a while, with no more roles than it needs. */
export interface ApplicationCredential extends Resource {
  id: string
  name: string
  description: string | null
  projectId: string
  roles: { id: string; name: string | null }[]
  /** None is everything that the roles allow. */
  accessRules: AccessRule[]
  /** It may make and delete application credentials itself. */
  unrestricted: boolean
  /** Null is never. */
  expiresAt: string | null
}

export interface ApplicationCredentialCreate {
  /** Unique among the user's. */
  name: string
  description?: string | undefined
  /** Default: of Keystone's making, which is the best. */
  secret?: Secret | undefined
  expiresAt?: Date | undefined
  /** Default: all roles of the token. */
  roles?: readonly ({ id: string } | { name: string })[] | undefined
  /** Rules, or ids of rules that there are. Default: everything that the roles allow. From Keystone 3.13. */
  accessRules?: readonly (AllowedRequest | { id: string })[] | undefined
  /** Default false; true is dangerous. */
  unrestricted?: boolean | undefined
}

const fields = {
  id: z.string(),
  name: z.string(),
  description: text,
  project_id: z.string(),
  roles: z.array(z.object({ id: z.string(), name: text })).default([]),
  access_rules: z.array(accessRule).nullish(),
  unrestricted: flag,
  expires_at: time,
}

const view = (body: z.output<z.ZodObject<typeof fields>>): Fields<ApplicationCredential> => ({
  id: body.id,
  name: body.name,
  description: body.description,
  projectId: body.project_id,
  roles: body.roles,
  accessRules: body.access_rules ?? [],
  unrestricted: body.unrestricted ?? false,
  expiresAt: body.expires_at,
})

const credential = resource(fields, view)
const one = z.object({ application_credential: credential }).transform((body) => body.application_credential)

const secretive = resource({ ...fields, secret: z.string() }, ({ secret, ...body }) => ({
  ...view(body),
  secret: new Secret(secret),
}))
const created = z.object({ application_credential: secretive }).transform((body) => body.application_credential)

/** A user's own. https://docs.openstack.org/api-ref/identity/v3/#application-credentials */
export class ApplicationCredentials {
  readonly #client: ServiceClient
  readonly #userId: (options: CallOptions) => Promise<string>

  constructor(client: ServiceClient, userId: (options: CallOptions) => Promise<string>) {
    this.#client = client
    this.#userId = userId
  }

  /** @param userId default: the user that the token belongs to, as in the other calls */
  async *list(
    filter: { name?: string | undefined } = {},
    userId?: string,
    options: PageOptions = {},
  ): AsyncGenerator<ApplicationCredential, void, undefined> {
    const at = await this.#at(userId, options)
    yield* paginate(this.#client, at, 'application_credentials', credential, { ...filter }, options)
  }

  async show(id: string, userId?: string, options: CallOptions = {}): Promise<ApplicationCredential> {
    return this.#client.get(`${await this.#at(userId, options)}${path`/${id}`}`, one, options)
  }

  /**
   * For the project of the token. The secret is told this once.
   *
   * @throws OpenStackError `Conflict` if the user has one of that name; `Forbidden` with a token that is itself of an
   * application credential, unless that is unrestricted
   */
  async create(
    create: ApplicationCredentialCreate,
    options: CallOptions = {},
  ): Promise<ApplicationCredential & { secret: Secret }> {
    const application_credential = {
      name: create.name,
      description: create.description,
      secret: create.secret?.reveal(),
      expires_at: create.expiresAt?.toISOString(),
      roles: create.roles,
      access_rules: create.accessRules,
      unrestricted: create.unrestricted,
    }
    return this.#client.post(await this.#at(undefined, options), { application_credential }, created, options)
  }

  /** Its tokens end as well. */
  async delete(id: string, userId?: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(`${await this.#at(userId, options)}${path`/${id}`}`, options)
  }

  async #at(userId: string | undefined, options: CallOptions): Promise<string> {
    return path`/users/${userId ?? (await this.#userId(options))}/application_credentials`
  }
}
