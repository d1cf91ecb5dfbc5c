import type { FlavorRules } from '#domain/flavor.ts'
import type { CloudConfig } from './schema.ts'

/** What the site's configuration says of a cloud's flavors. */
export const flavorRules = ({ bootVolume, excludedFlavors }: CloudConfig): FlavorRules => ({
  bootVolume: bootVolume !== undefined,
  excluded: excludedFlavors,
})
