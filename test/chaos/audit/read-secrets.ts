import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Site } from '#testbed/site/site.ts'
import { needle, search, type Found, type Needle, type Place } from '../../e2e/secrets/needles.ts'
import { file, filesBelow, inAds, inDatabase, inLogs, inMetadata } from '../../e2e/secrets/places.ts'
import { isSimulated, journalOf, siteSecrets } from '../../e2e/secrets/site-secrets.ts'

/** All tokens are found by their form; so many of each cloud also in other spellings. */
const sample = 5

/** Secrets that lie where they must not. */
export async function findSecrets(site: Site, places: readonly Place[]): Promise<Found[]> {
  const simulated = Object.keys(site.clouds).filter((cloud) => isSimulated(site, cloud))
  const needles: Needle[] = [
    ...siteSecrets(site),
    ...simulated.flatMap((cloud) =>
      journalOf(site, cloud)
        .tokens.slice(-sample)
        .map((token) => needle(`a token of Keystone on ${cloud}`, token)),
    ),
  ]
  const userLogs = readdirSync(site.account.home).filter((name) => name.endsWith('.log'))
  return search(
    [
      ...places,
      ...inDatabase(site),
      ...inLogs(site),
      ...filesBelow(site.pool.logDir),
      ...userLogs.map((name) => file(join(site.account.home, name))),
      ...(await inAds(site)),
      ...(await inMetadata(site)),
    ],
    needles,
  )
}
