import { type SeedInput, SeedSchema } from '#testbed/cloud/config.ts'
import type { Api } from '../api.ts'
import { seedIdentity, type SeededIdentity } from './identity.ts'
import { seedRegion } from './region.ts'

/**
 * Fills OpenStack with what a simulated cloud would hold for the same seed: everything but hosts and volumes. Ids of
 * projects, users and application credentials are Keystone's own.
 * @param admin Of the user `admin`
 * @param regions Each gets the images, flavors, networks and quotas.
 */
export async function seedOpenStack(
  admin: Api,
  input: SeedInput,
  regions: readonly string[] = ['RegionOne'],
): Promise<SeededIdentity> {
  const seed = SeedSchema.parse(input)
  const identity = await seedIdentity(admin, seed)
  for (const region of regions) await seedRegion(admin, region, seed, identity)
  return identity
}
