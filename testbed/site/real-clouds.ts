import { SeedSchema } from '#testbed/cloud/config.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import { seedIdentity } from '#testbed/openstack/seed/identity.ts'
import { seedRegion } from '#testbed/openstack/seed/region.ts'
import { type RunningOpenStack, startOpenStack } from '#testbed/openstack/start.ts'
import { type AddressPool, secret, seedOfSite, type SiteCloud } from './site-cloud.ts'
import type { Progress, SettledCloud } from './options.ts'

/** Clouds of which each is a region of one OpenStack. */
export interface RealClouds {
  clouds: Record<string, SiteCloud>
  openstack: RunningOpenStack
}

/**
 * Starts an OpenStack with a region for each cloud. Projects and users are those of the first one's seed: the regions
 * have one Keystone.
 * @throws {@link Problem} that says what is missing, or which service failed
 */
export async function startRealClouds(
  instance: Instance,
  wishes: readonly SettledCloud[],
  pools: readonly AddressPool[],
  user: string,
  progress: Progress,
): Promise<RealClouds> {
  if (wishes.length > 2) throw new Error(`an OpenStack has at most two regions, and ${wishes.length} are asked for`)
  const openstack = await startOpenStack(instance, { regions: wishes.length === 1 ? 1 : 2, progress })
  const astronomer = { user, password: secret() }
  const batch = { id: '', secret: secret() }
  const [first, ...further] = openstack.regions.map((region, n) => {
    const [wish, pool] = [wishes[n], pools[n]]
    if (wish === undefined || pool === undefined) throw new Error(`${region.name} is no cloud, or has no addresses`)
    return { wish, region, seed: SeedSchema.parse(seedOfSite(instance, wish, pool, { batch, astronomer })) }
  })
  if (first === undefined) throw new Error('no cloud is asked for')
  const admin = await openstack.admin()
  const identity = await seedIdentity(admin, first.seed)
  for (const { region, seed } of [first, ...further]) await seedRegion(admin, region.name, seed, identity)
  // Keystone alone gives ids to credentials
  const access = { batch: { ...batch, id: identity.credentials.get('batch') ?? '' }, astronomer }
  const clouds = [first, ...further].map(({ wish, region }): SiteCloud => {
    const { name, priority = 0, guests, caps, bootVolume, excludedFlavors, copyImages, rotation } = wish
    const policy = { priority, guests, caps, bootVolume, excludedFlavors, copyImages, rotation }
    const daemons = () => (region === first.region ? openstack.daemons() : [])
    return { ...region, ...policy, ...access, name, region: region.name, daemons }
  })
  return { clouds: Object.fromEntries(clouds.map((cloud) => [cloud.name, cloud])), openstack }
}
