import type { Credential, Scope } from '../cloud-config/cloud-config.ts'

/** The body of `POST /v3/auth/tokens`. */
export function authRequestBody(credential: Credential): object {
  switch (credential.type) {
    case 'password':
      return auth(
        'password',
        { user: { ...credential.user, password: credential.password.reveal() } },
        credential.scope,
      )
    case 'token':
      return auth('token', { id: credential.token.reveal() }, credential.scope)
    default: {
      const secret = credential.secret.reveal()
      const which = 'id' in credential ? { id: credential.id } : { name: credential.name, user: credential.user }
      return auth('application_credential', { ...which, secret }, undefined)
    }
  }
}

function auth(method: string, proof: object, scope: Scope | undefined): object {
  const wanted = scope === undefined ? undefined : 'system' in scope ? { system: { all: true } } : scope
  return {
    auth: { identity: { methods: [method], [method]: proof }, ...(wanted === undefined ? {} : { scope: wanted }) },
  }
}
