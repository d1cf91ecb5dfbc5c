import type { OpenStack } from 'openstack-ts'
import type { ObservedLimits, Quota, QuotaName } from '#domain/fleet/types.ts'

const quota = ({ limit, used }: { limit: number | null; used: number }): Quota => ({ limit: limit ?? -1, used })

/** What the project may still have. A failed look is unknown, with its reason; never "nothing used". */
export async function limitsOf(cloud: OpenStack, signal: AbortSignal): Promise<ObservedLimits> {
  try {
    const { instances, cores, ramMb } = await cloud.compute.limits.absolute({ signal })
    return { quotas: { instances: quota(instances), cores: quota(cores), ramMb: quota(ramMb) } }
  } catch (error) {
    return { unknown: error instanceof Error ? error.message : String(error) }
  }
}

/** What the project may still have of volumes. @throws if the cloud does not say */
export async function volumeQuotasOf(
  cloud: OpenStack,
  signal: AbortSignal,
): Promise<Partial<Record<QuotaName, Quota>>> {
  const { volumes, gigabytes } = await cloud.blockStorage.limits.absolute({ signal })
  return { volumes: quota(volumes), volumeGb: quota(gigabytes) }
}
