import type { Authenticator } from '../auth/authenticator.ts'
import type { Named, Owned } from '../auth/token.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { Projects } from './projects.ts'

export interface Whoami {
  user: Owned
  /** Undefined for a token without a project. */
  project: Owned | undefined
  roles: readonly Named[]
  methods: readonly string[]
  /** Milliseconds since the epoch. */
  expiresAt: number
}

/** Keystone v3. */
export class Identity {
  readonly client: ServiceClient
  readonly projects: Projects
  readonly #authenticator: Authenticator

  constructor(client: ServiceClient, authenticator: Authenticator) {
    this.client = client
    this.projects = new Projects(client)
    this.#authenticator = authenticator
  }

  /** Who the token says this is; asks for a token if there is none yet. */
  async whoami(options: CallOptions = {}): Promise<Whoami> {
    const { user, project, roles, methods, expiresAt } = await this.#authenticator.token(options)
    return { user, project, roles, methods, expiresAt }
  }
}
