import type { Environment } from './search.ts'
import type { Tree } from '../tree.ts'

/** Key of a clouds.yaml entry to the openrc variables that mean the same, the preferred one first. */
const AUTH_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  auth_url: ['OS_AUTH_URL'],
  username: ['OS_USERNAME'],
  user_id: ['OS_USER_ID'],
  password: ['OS_PASSWORD'],
  user_domain_id: ['OS_USER_DOMAIN_ID', 'OS_DEFAULT_DOMAIN_ID', 'OS_DEFAULT_DOMAIN'],
  user_domain_name: ['OS_USER_DOMAIN_NAME', 'OS_DEFAULT_DOMAIN_NAME'],
  project_id: ['OS_PROJECT_ID', 'OS_TENANT_ID'],
  project_name: ['OS_PROJECT_NAME', 'OS_TENANT_NAME'],
  project_domain_id: ['OS_PROJECT_DOMAIN_ID', 'OS_DEFAULT_DOMAIN_ID', 'OS_DEFAULT_DOMAIN'],
  project_domain_name: ['OS_PROJECT_DOMAIN_NAME', 'OS_DEFAULT_DOMAIN_NAME'],
  domain_id: ['OS_DOMAIN_ID'],
  domain_name: ['OS_DOMAIN_NAME'],
  system_scope: ['OS_SYSTEM_SCOPE'],
  token: ['OS_TOKEN'],
  application_credential_id: ['OS_APPLICATION_CREDENTIAL_ID'],
  application_credential_name: ['OS_APPLICATION_CREDENTIAL_NAME'],
  application_credential_secret: ['OS_APPLICATION_CREDENTIAL_SECRET'],
}

const TOP_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  auth_type: ['OS_AUTH_TYPE'],
  region_name: ['OS_REGION_NAME'],
  interface: ['OS_INTERFACE', 'OS_ENDPOINT_TYPE'],
  cacert: ['OS_CACERT'],
  cert: ['OS_CERT'],
  key: ['OS_KEY'],
  insecure: ['OS_INSECURE'],
}

const OVERRIDE = /^OS_([A-Z0-9_]+)_ENDPOINT_OVERRIDE$/

/** What a user would have to set for openrc variables to count as credentials. */
export const OPENRC_MARK = 'OS_AUTH_URL'

export function hasOpenrc(env: Environment): boolean {
  return Boolean(env[OPENRC_MARK])
}

/** openrc variables as the clouds.yaml entry that means the same. */
export function entryFromOpenrc(env: Environment): Tree {
  const entry: Record<string, unknown> = { ...pick(TOP_VARIABLES, env), auth: pick(AUTH_VARIABLES, env) }
  for (const [variable, value] of Object.entries(env)) {
    const service = OVERRIDE.exec(variable)?.[1]
    if (service !== undefined && value) entry[`${service.toLowerCase()}_endpoint_override`] = value
  }
  return entry
}

/** The variable that stands for a key of an entry, for error messages. */
export function variableOf(key: string): string {
  const name = key.startsWith('auth.') ? key.slice('auth.'.length) : key
  return AUTH_VARIABLES[name]?.[0] ?? TOP_VARIABLES[name]?.[0] ?? `OS_${name.toUpperCase()}`
}

function pick(variables: Readonly<Record<string, readonly string[]>>, env: Environment): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const [key, names] of Object.entries(variables)) {
    // An empty variable is how `export OS_PASSWORD=` forgets one: it counts as not set.
    const value = names.map((name) => env[name]).find(Boolean)
    if (value) picked[key] = value
  }
  return picked
}
