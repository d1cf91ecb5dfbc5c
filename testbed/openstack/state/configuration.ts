import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { identityUrl, type Layout } from '../layout.ts'
import { HOME, type Root } from '../root.ts'
import { database } from './databases.ts'
import { ini } from './ini.ts'
import { glance } from './glance.ts'
import { neutron } from './neutron.ts'
import { nova } from './nova.ts'
import { placement } from './placement.ts'
import type { Passwords } from './passwords.ts'

/** A service's configuration file, as the services see it. */
export const configFile = (name: string): string => `${HOME}/etc/${name}.conf`

/** MariaDB without a port: it is spoken to through its socket. What it loses in a power cut can be made again. */
const MARIADB = {
  mariadbd: {
    datadir: `${HOME}/db`,
    socket: `${HOME}/run/mysql.sock`,
    'pid-file': `${HOME}/run/mysql.pid`,
    'skip-networking': 1,
    user: 'root',
    'skip-log-bin': 1,
    'performance-schema': 'off',
    'innodb-buffer-pool-size': '64M',
    'innodb-log-file-size': '32M',
    'innodb-flush-log-at-trx-commit': 0,
    'innodb-flush-method': 'nosync',
    'innodb-doublewrite': 0,
    'max-connections': 400,
    'character-set-server': 'utf8mb3',
    'aria-pagecache-buffer-size': '8M',
    'key-buffer-size': '1M',
  },
}

const keystone = (): string =>
  ini({
    DEFAULT: { use_stderr: true },
    database: { connection: database('keystone') },
    fernet_tokens: { key_repository: `${HOME}/keys/fernet` },
    fernet_receipts: { key_repository: `${HOME}/keys/fernet` },
    credential: { key_repository: `${HOME}/keys/credential` },
    token: { provider: 'fernet', expiration: 14_400 },
    // bcrypt with the default 12 rounds costs 0.25 s a login
    identity: { password_hash_rounds: 4 },
    oslo_policy: { enforce_scope: true },
  })

/** Writes what every service reads at its start; where they listen may differ from one start to the next. */
export function writeConfiguration({ state }: Root, layout: Layout, passwords: Passwords): void {
  const folder = (...path: string[]): string => {
    const at = join(state, ...path)
    mkdirSync(at, { recursive: true })
    return at
  }
  for (const name of ['db', 'run', 'lock', 'tmp', 'keys']) folder(name)
  const etc = folder('etc')
  const write = (name: string, text: string): void => writeFileSync(join(etc, name), text, { mode: 0o600 })
  write('mariadb.cnf', ini(MARIADB))
  write('keystone.conf', keystone())
  for (const region of layout.regions) {
    for (const name of ['images', 'tasks', 'nova', 'neutron', 'hypervisor']) folder(region.name, name)
    const site = { layout, region, passwords, identity: identityUrl(layout) }
    write(`glance-${region.name}.conf`, glance(site))
    write(`nova-${region.name}.conf`, nova(site))
    write(`neutron-${region.name}.conf`, neutron(site))
    folder('etc', `placement-${region.name}`)
    write(`placement-${region.name}/placement.conf`, placement(site))
  }
}
