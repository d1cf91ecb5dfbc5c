import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Check } from '#api/types.ts'
import type { CheckedCloud } from './checked-cloud.ts'

/** How the checks of the server that was booted ended. */
export const boots = (checks: Map<string, Check>) =>
  Object.fromEntries(
    [...checks.values()].filter(({ name }) => /^(boot|left)/.test(name)).map(({ name, ok }) => [name, ok]),
  )

/** What is on the cloud, and what the records say that there may be. */
export async function remains({ cloud, folder }: CheckedCloud) {
  const servers = (await cloud.admin.servers()).filter(({ status }) => status !== 'DELETED')
  const { ports, volumes } = await cloud.admin.inventory()
  const records = join(folder, '.local/state/canfar-batch/cloud-checks')
  return {
    servers: servers.length,
    ports: ports.length,
    volumes: volumes.length,
    records: existsSync(records) ? readdirSync(records).length : 0,
  }
}

export const nothing = { servers: 0, ports: 0, volumes: 0, records: 0 }
