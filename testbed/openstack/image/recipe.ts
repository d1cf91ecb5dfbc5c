import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Debian's release: it has OpenStack 2025.1, Epoxy. */
export const SUITE = 'trixie'

/** Nova's compute service is part of python3-nova; the package of that name would bring libvirt and qemu. */
export const PACKAGES = [
  'keystone',
  'glance-api',
  'placement-api',
  'nova-api',
  'nova-scheduler',
  'nova-conductor',
  'neutron-api',
  'uwsgi-core',
  'uwsgi-plugin-python3',
  'mariadb-server',
  'mariadb-client',
  'ca-certificates',
  'procps',
  'netbase',
] as const

export const BUILD = join(import.meta.dirname, 'build.sh')

/** Everything that the image depends on but the day's state of the archive, as 16 hex digits. */
export function recipeDigest(): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([SUITE, PACKAGES]))
    .update(readFileSync(BUILD))
  return hash.digest('hex').slice(0, 16)
}
