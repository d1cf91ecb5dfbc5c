import type { Credential, DomainReference, Reference, Scope } from './cloud-config.ts'
import type { EntryReader } from './entry-reader.ts'
import { Secret } from './secret.ts'

/** What `auth_type` may say; without it the keys decide. */
const TYPES: Readonly<Record<string, Credential['type']>> = {
  password: 'password',
  v3password: 'password',
  token: 'token',
  v3token: 'token',
  v3applicationcredential: 'applicationCredential',
}

export function credentialOf(read: EntryReader): Credential {
  switch (typeOf(read)) {
    case 'password':
      return { type: 'password', user: userOf(read), password: secretOf(read, 'auth.password'), scope: scopeOf(read) }
    case 'token':
      return { type: 'token', token: tokenOf(read), scope: scopeOf(read) }
    default:
      return applicationCredentialOf(read)
  }
}

function typeOf(read: EntryReader): Credential['type'] {
  const named = read.text('auth_type')
  if (named !== undefined) {
    return (
      TYPES[named] ??
      read.invalid('auth_type', `${named} is not supported; use one of ${Object.keys(TYPES).join(', ')}`)
    )
  }
  if (read.text('auth.application_credential_secret') !== undefined) return 'applicationCredential'
  return (read.text('auth.token') ?? read.text('auth.auth_token')) === undefined ? 'password' : 'token'
}

function applicationCredentialOf(read: EntryReader): Credential {
  const secret = secretOf(read, 'auth.application_credential_secret')
  const id = read.text('auth.application_credential_id')
  if (id !== undefined) return { type: 'applicationCredential', id, secret }
  const name = read.text('auth.application_credential_name') ?? read.missing('auth.application_credential_id')
  return { type: 'applicationCredential', name, user: userOf(read), secret }
}

function userOf(read: EntryReader): Reference {
  const id = read.text('auth.user_id')
  if (id !== undefined) return { id }
  return {
    name: read.text('auth.username') ?? read.missing('auth.username'),
    domain: domainOf(read, 'auth.user_domain'),
  }
}

function scopeOf(read: EntryReader): Scope | undefined {
  // Without a word said of it, a trust would become a token of wider rights.
  if (read.text('auth.trust_id') !== undefined) return read.invalid('auth.trust_id', 'trusts are not supported')
  const project = projectOf(read)
  const system = read.text('auth.system_scope')
  if (system !== undefined) {
    if (system !== 'all') return read.invalid('auth.system_scope', `must be all, not ${system}`)
    if (project !== undefined) return read.invalid('auth.system_scope', 'a project is named too: remove one of them')
    return { system: 'all' }
  }
  if (project !== undefined) return { project }
  const named = read.text('auth.domain_id') ?? read.text('auth.domain_name')
  return named === undefined ? undefined : { domain: domainOf(read, 'auth.domain') }
}

function projectOf(read: EntryReader): Reference | undefined {
  const id = read.text('auth.project_id') ?? read.text('auth.tenant_id')
  if (id !== undefined) return { id }
  const name = read.text('auth.project_name') ?? read.text('auth.tenant_name')
  return name === undefined ? undefined : { name, domain: domainOf(read, 'auth.project_domain') }
}

/**
 * The domain of a user or project. Beside a project `domain_id` and `domain_name` are no scope, but the domain of both,
 * as in openstacksdk. A domain that nobody named is Keystone's own first one, as in python-openstackclient.
 */
function domainOf(read: EntryReader, own: string): DomainReference {
  const withProject = PROJECT_KEYS.some((key) => read.text(key) !== undefined)
  for (const prefix of withProject ? [own, 'auth.domain', 'auth.default_domain'] : [own, 'auth.default_domain']) {
    const id = read.text(`${prefix}_id`)
    if (id !== undefined) return { id }
    const name = read.text(`${prefix}_name`)
    if (name !== undefined) return { name }
  }
  return { id: read.text('auth.default_domain') ?? 'default' }
}

const PROJECT_KEYS = ['auth.project_id', 'auth.tenant_id', 'auth.project_name', 'auth.tenant_name']

function tokenOf(read: EntryReader): Secret {
  return new Secret(read.text('auth.token') ?? read.text('auth.auth_token') ?? read.missing('auth.token'))
}

function secretOf(read: EntryReader, key: string): Secret {
  return new Secret(read.text(key) ?? read.missing(key))
}
