import type { Authenticator } from '../auth/authenticator.ts'
import type { Named, Owned, TokenCredential } from '../auth/token.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { ApplicationCredentials } from './application-credentials.ts'
import { Projects } from './projects.ts'

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

/** Keystone v3. */
export class Identity {
  readonly client: ServiceClient
  readonly projects: Projects
  readonly applicationCredentials: ApplicationCredentials
  readonly #authenticator: Authenticator

  constructor(client: ServiceClient, authenticator: Authenticator) {
    this.client = client
    this.projects = new Projects(client)
    this.applicationCredentials = new ApplicationCredentials(client)
    this.#authenticator = authenticator
  }

  /** Who the token says this is; asks for a token if there is none yet. */
  async whoami(options: CallOptions = {}): Promise<Whoami> {
    const token = await this.#authenticator.token(options)
    const { user, project, roles, methods, passwordExpiresAt, applicationCredential, expiresAt } = token
    return { user, project, roles, methods, passwordExpiresAt, applicationCredential, expiresAt }
  }
}
