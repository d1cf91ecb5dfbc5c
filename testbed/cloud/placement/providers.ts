import type { Cloud } from '../cloud.ts'
import { usedOn, type Amounts } from '../compute/hosts.ts'
import type { Flavor, Host } from '../compute/types.ts'
import { seededUuid } from '../ids.ts'

/** Amounts by resource class. */
export type Resources = Record<string, number>

export const CLASSES = ['VCPU', 'MEMORY_MB', 'DISK_GB']
export const TRAITS = ['COMPUTE_NODE', 'HW_CPU_X86_AVX2', 'COMPUTE_STATUS_DISABLED']
/** Of every host here. */
export const HOST_TRAITS = TRAITS.slice(0, 2)

export const providerId = (host: Host): string => seededUuid('provider', host.name)

const resourcesOf = ({ vcpus, ramMb, diskGb }: Amounts): Resources => ({
  VCPU: vcpus,
  MEMORY_MB: ramMb,
  DISK_GB: diskGb,
})

export const totals = (host: Host): Resources => resourcesOf(host)

/** What a server of the flavor holds. */
export const held = (flavor: Flavor): Resources =>
  resourcesOf({ ...flavor, diskGb: flavor.diskGb + flavor.ephemeralGb })

export const used = (cloud: Cloud, host: Host): Resources => resourcesOf(usedOn(cloud, host.name))

export const hasRoom = (cloud: Cloud, host: Host, wanted: Resources): boolean => {
  const [total, now] = [totals(host), used(cloud, host)]
  return Object.entries(wanted).every(([name, amount]) => (now[name] ?? 0) + amount <= (total[name] ?? 0))
}
