import type { Environment } from './search.ts'
import type { Tree } from '../tree.ts'

/** Variables that say where to look; the others are keys of an entry: `OS_PROJECT_ID` is `project_id`. */
const SELECTORS = new Set([
  'OS_CLOUD',
  'OS_CLOUD_NAME',
  'OS_CLIENT_CONFIG_FILE',
  'OS_CLIENT_SECURE_FILE',
  'OS_CLIENT_VENDOR_FILE',
])

/** What a user would have to set for openrc variables to count as credentials. */
export const OPENRC_MARK = 'OS_AUTH_URL'

export function hasOpenrc(env: Environment): boolean {
  return Boolean(env[OPENRC_MARK])
}

/** openrc variables as the clouds.yaml entry that means the same. */
export function entryFromOpenrc(env: Environment): Tree {
  const entry: Record<string, unknown> = {}
  for (const [variable, value] of Object.entries(env)) {
    // An empty variable is how `export OS_PASSWORD=` forgets one: it counts as not set.
    if (variable.startsWith('OS_') && value && !SELECTORS.has(variable)) {
      entry[variable.slice('OS_'.length).toLowerCase()] = value
    }
  }
  return { ...entry, auth: {} }
}

/** The variable that stands for a key of an entry, for error messages. */
export function variableOf(key: string): string {
  return `OS_${key.replace(/^auth\./, '').toUpperCase()}`
}
