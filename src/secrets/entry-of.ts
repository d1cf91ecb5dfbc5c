import type { CloudConfig, Credential, DomainReference, Reference } from 'openstack-ts'

/** A cloud's configuration as an entry of clouds.yaml, secrets in clear: for files that only their owner can read. */
export function entryOf(config: CloudConfig): Record<string, unknown> {
  return withoutUndefined({
    auth_type:
      config.credential.type === 'applicationCredential' ? 'v3applicationcredential' : `v3${config.credential.type}`,
    auth: { auth_url: config.authUrl, ...auth(config.credential) },
    region_name: config.region,
    interface: config.interface,
    verify: config.tls.verify,
    cacert: config.tls.caFile,
    cert: config.tls.certFile,
    key: config.tls.keyFile,
    ...suffixed(config.endpointOverrides, 'endpoint_override'),
    ...suffixed(config.microversions, 'default_microversion'),
  })
}

function auth(credential: Credential): Record<string, unknown> {
  switch (credential.type) {
    case 'password':
      return {
        ...reference('user', credential.user),
        password: credential.password.reveal(),
        ...scope(credential.scope),
      }
    case 'token':
      return { token: credential.token.reveal(), ...scope(credential.scope) }
    case 'applicationCredential':
      return 'id' in credential
        ? { application_credential_id: credential.id, application_credential_secret: credential.secret.reveal() }
        : {
            application_credential_name: credential.name,
            application_credential_secret: credential.secret.reveal(),
            ...reference('user', credential.user),
          }
  }
}

function scope(wanted: Extract<Credential, { scope: unknown }>['scope']): Record<string, unknown> {
  if (wanted === undefined) return {}
  if ('project' in wanted) return reference('project', wanted.project)
  if ('domain' in wanted) return domain('domain', wanted.domain)
  return { system_scope: wanted.system }
}

function reference(what: 'user' | 'project', value: Reference): Record<string, unknown> {
  if ('id' in value) return { [`${what}_id`]: value.id }
  return { [what === 'user' ? 'username' : 'project_name']: value.name, ...domain(`${what}_domain`, value.domain) }
}

function domain(what: string, value: DomainReference): Record<string, unknown> {
  return 'id' in value ? { [`${what}_id`]: value.id } : { [`${what}_name`]: value.name }
}

function suffixed(values: Readonly<Record<string, string>>, suffix: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`${key.replaceAll('-', '_')}_${suffix}`, value]),
  )
}

function withoutUndefined(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined))
}
