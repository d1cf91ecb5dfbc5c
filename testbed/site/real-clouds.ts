import { SeedSchema } from '#testbed/cloud/config.ts'
import type { Instance } from '#testbed/instance/instance.ts'
import { seedIdentity } from '#testbed/openstack/seed/identity.ts'
import { seedRegion } from '#testbed/openstack/seed/region.ts'
import { type RunningOpenStack, startOpenStack } from '#testbed/openstack/start.ts'
import { type AddressPool, type CloudOfSite, secret, seedOfSite } from './cloud-of-site.ts'
import type { Progress, SettledCloud } from './options.ts'

/** A region of a real OpenStack. */
export interface RealCloud extends CloudOfSite {
  /** All regions are of the same one. */
  readonly openstack: RunningOpenStack
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
): Promise<Record<string, RealCloud>> {
  if (wishes.length === 0) return {}
  if (wishes.length > 2) throw new Error(`an OpenStack has at most two regions, and ${wishes.length} are asked for`)
  const openstack = await startOpenStack(instance, { regions: wishes.length === 1 ? 1 : 2, progress })
  const astronomer = { user, password: secret() }
  const batch = { id: '', secret: secret() }
  const regions = wishes.map((wish, n) => {
    const [region, pool] = [openstack.regions[n], pools[n]]
    if (region === undefined || pool === undefined) throw new Error(`the cloud ${wish.name} has no region or addresses`)
    return { wish, region, seed: SeedSchema.parse(seedOfSite(instance, wish, pool, { batch, astronomer })) }
  })
  const admin = await openstack.admin()
  const [first] = regions
  if (first === undefined) return {}
  const identity = await seedIdentity(admin, first.seed)
  for (const { region, seed } of regions) await seedRegion(admin, region, seed, identity)
  // Keystone alone gives ids to credentials
  const access = { batch: { ...batch, id: identity.credentials.get('batch') ?? '' }, astronomer }
  return Object.fromEntries(
    regions.map(({ wish, region }, n) => {
      const { name, priority = 0, guests, caps, bootVolume, excludedFlavors, copyImages, rotation } = wish
      const cloud = {
        name,
        priority,
        guests,
        caps,
        bootVolume,
        excludedFlavors,
        copyImages,
        rotation,
        region,
        ...access,
        authUrl: openstack.authUrl,
        hypervisorFolder: openstack.hypervisorFolder(region),
        daemons: () => (n === 0 ? openstack.daemons() : []),
        openstack,
      }
      return [name, cloud]
    }),
  )
}
