import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { SeedInput } from '#testbed/cloud/config.ts'
import type { Site } from '#testbed/site/site.ts'
import { readJournal, type Journal } from './cloud-journal.ts'
import { needle, type Needle } from './needles.ts'

/** What a site was given to keep: the pool's key, and every password and credential of its clouds. */
export function siteSecrets(site: Site): Needle[] {
  const key = readFileSync(join(site.instance.folder, 'condor', 'passwords.d', 'POOL'), 'utf8')
  return [
    needle('the signing key of the pool', key.slice(0, 60)),
    ...Object.values(site.clouds).flatMap(({ name, astronomer, batch }) => [
      needle(`the password of the user on ${name}`, astronomer.password),
      needle(`the application credential of the batch project on ${name}`, batch.secret),
      ...(isSimulated(site, name) ? ofSimulator(site, name) : []),
    ]),
  ]
}

function ofSimulator(site: Site, name: string): Needle[] {
  const config = JSON.parse(readFileSync(configOf(site, name), 'utf8')) as { adminToken: string; seed: SeedInput }
  return [
    needle(`the admin token of ${name}`, config.adminToken),
    ...(config.seed.users ?? []).map((user) => needle(`the password of ${user.name} on ${name}`, user.password)),
  ]
}

/** A real one keeps its secrets in databases: of its tokens none is known, but all have one form. */
export const isSimulated = (site: Site, cloud: string): boolean => existsSync(configOf(site, cloud))

/** Everything that a simulated cloud of the site has ever kept. */
export const journalOf = (site: Site, cloud: string): Journal =>
  readJournal(join(dirname(configOf(site, cloud)), `${cloud}.state`))

const configOf = (site: Site, cloud: string): string => join(site.instance.folder, 'clouds', `${cloud}.json`)
