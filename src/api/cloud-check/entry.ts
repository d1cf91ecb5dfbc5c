import { stat } from 'node:fs/promises'
import { CloudConfigError, type CloudConfig } from 'openstack-ts'
import { batchConfig } from '#clouds/connections.ts'
import type { CloudConfig as CloudPolicy, Config } from '#config/schema.ts'
import { failed, passed, warned, type Check } from '#domain/check.ts'

const name = 'clouds.yaml'

/** The entry of the site's clouds.yaml: whether it can be read, is complete, and is nobody else's to read. */
export async function readEntry(
  config: Config,
  policy: CloudPolicy,
): Promise<{ check: Check; connection?: CloudConfig }> {
  const file = config.cloudsFile
  let connection: CloudConfig
  try {
    connection = batchConfig(config, policy.name)
  } catch (error) {
    if (!(error instanceof CloudConfigError)) throw error
    return { check: failed(name, error.message, mend(error, policy)) }
  }
  return { check: (await doubts(file, policy, connection)) ?? passed(name, `${file}: ${connection.name}`), connection }
}

function mend({ code, key }: CloudConfigError, { entry, name: cloud }: CloudPolicy): string {
  if (code === 'FileUnreadable') {
    return 'It is for the worker process alone: check as its account, or correct "cloudsFile" in the configuration.'
  }
  if (code === 'CloudUnknown' || code === 'NoCredentials') {
    return `Add the entry ${entry ?? cloud}, or name another one as "entry" of this cloud in the configuration.`
  }
  return key === undefined ? 'Correct the file.' : `Correct ${key} of this entry.`
}

async function doubts(file: string, policy: CloudPolicy, { authUrl, tls }: CloudConfig): Promise<Check | undefined> {
  if (((await stat(file)).mode & 0o077) !== 0) {
    return warned(name, `${file}: others than its owner can read the secrets in it`, `chmod 600 ${file}`)
  }
  if (!tls.verify) {
    const detail = `${file}: verify is off, so that anybody between can read the credential`
    return warned(name, detail, 'Name the authority that signs the cloud’s certificates instead: cacert.')
  }
  if (policy.authUrl !== undefined && bare(policy.authUrl) !== bare(authUrl)) {
    const detail = `${file}: auth_url is ${authUrl}, and "authUrl" in the configuration is ${policy.authUrl}`
    return warned(name, detail, 'Make them agree: by the latter users’ openrc variables are recognised.')
  }
  return undefined
}

/** Keystone's address as people write it, with or without a version at its end. */
const bare = (url: string): string => url.replace(/\/+$/, '').replace(/\/v\d[\d.]*$/, '')
