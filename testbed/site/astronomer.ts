import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { type Account, demoAccount } from '#testbed/instance/account.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import type { SiteCloud } from './site-cloud.ts'
import { ASTRONOMER_PROJECT } from './words.ts'

/** The account that submits. Without root it is the caller's own, with a home in the instance so that theirs is left alone. */
export async function makeAstronomer(instance: Instance): Promise<Account> {
  const account = await demoAccount(instance)
  if (account.temporary) return account
  const home = join(instance.folder, 'home')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  return { ...account, home }
}

/** Writes a file of the account's, and the folders above it that are missing. */
export function writeOwn(account: Account, path: string, text: string, mode: number): void {
  const own = (at: string): void => {
    if (account.temporary) chownSync(at, account.uid, account.gid)
  }
  const folder = dirname(path)
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (made !== undefined) {
    for (let at = folder; at.length >= made.length; at = dirname(at)) own(at)
  }
  writeFileSync(path, text, { mode })
  own(path)
}

/** Gives the astronomer a clouds.yaml with an entry for each cloud, and an openrc file for each as dashboards hand out. */
export function giveCredentials(account: Account, clouds: readonly SiteCloud[]): void {
  const entries = clouds.map(({ name, authUrl, region, astronomer }) => [
    name,
    {
      auth_type: 'v3password',
      auth: {
        auth_url: authUrl,
        username: astronomer.user,
        password: astronomer.password,
        user_domain_name: 'Default',
        project_name: ASTRONOMER_PROJECT,
        project_domain_name: 'Default',
      },
      region_name: region,
    },
  ])
  const text = stringify({ clouds: Object.fromEntries(entries) })
  writeOwn(account, join(account.home, '.config', 'openstack', 'clouds.yaml'), text, 0o600)
  for (const cloud of clouds) {
    writeOwn(account, join(account.home, `${ASTRONOMER_PROJECT}-${cloud.name}-openrc.sh`), openrc(cloud), 0o600)
  }
}

const openrc = ({ authUrl, region, astronomer }: SiteCloud): string =>
  Object.entries({
    OS_AUTH_URL: authUrl,
    OS_IDENTITY_API_VERSION: '3',
    OS_USERNAME: astronomer.user,
    OS_PASSWORD: astronomer.password,
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_NAME: ASTRONOMER_PROJECT,
    OS_PROJECT_DOMAIN_NAME: 'Default',
    OS_REGION_NAME: region,
    OS_INTERFACE: 'public',
  })
    .map(([name, value]) => `export ${name}=${value}\n`)
    .join('')
