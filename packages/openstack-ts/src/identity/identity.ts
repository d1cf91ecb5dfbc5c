import type { Authenticator } from '../auth/authenticator.ts'
import type { CatalogService, Named, Owned, TokenCredential } from '../auth/token.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { AccessRules } from './access-rules.ts'
import { ApplicationCredentials } from './application-credentials.ts'
import { Domains } from './domains.ts'
import { Projects } from './projects.ts'
import { RoleAssignments } from './role-assignments.ts'
import { Roles } from './roles.ts'
import { Tokens } from './tokens.ts'
import { Users } from './users.ts'

export interface Whoami {
  user: Owned
  /** Undefined for a token without a project. */
  project: Owned | undefined
  roles: readonly Named[]
  methods: readonly string[]
  /** ISO 8601; null if the user's password does not expire. */
  passwordExpiresAt: string | null
  /** Undefined if the token came from none. */
  applicationCredential: TokenCredential | undefined
  /** Milliseconds since the epoch. */
  expiresAt: number
}

/** Keystone v3. https://docs.openstack.org/api-ref/identity/v3/ */
export class Identity {
  readonly client: ServiceClient
  readonly projects: Projects
  readonly users: Users
  readonly roles: Roles
  readonly roleAssignments: RoleAssignments
  readonly applicationCredentials: ApplicationCredentials
  readonly accessRules: AccessRules
  readonly domains: Domains
  readonly tokens: Tokens
  readonly #authenticator: Authenticator

  constructor(client: ServiceClient, authenticator: Authenticator) {
    this.client = client
    const userId = async (options: CallOptions): Promise<string> => (await authenticator.token(options)).user.id
    this.projects = new Projects(client)
    this.users = new Users(client)
    this.roles = new Roles(client)
    this.roleAssignments = new RoleAssignments(client)
    this.applicationCredentials = new ApplicationCredentials(client, userId)
    this.accessRules = new AccessRules(client, userId)
    this.domains = new Domains(client)
    this.tokens = new Tokens(client)
    this.#authenticator = authenticator
  }

  /** Who the token says this is; asks for a token if there is none yet. */
  async whoami(options: CallOptions = {}): Promise<Whoami> {
    const token = await this.#authenticator.token(options)
    const { user, project, roles, methods, passwordExpiresAt, applicationCredential, expiresAt } = token
    return { user, project, roles, methods, passwordExpiresAt, applicationCredential, expiresAt }
  }

  /** The services of this cloud and where they are, as this token sees them. */
  async catalog(options: CallOptions = {}): Promise<readonly CatalogService[]> {
    return (await this.#authenticator.token(options)).catalog
  }
}
