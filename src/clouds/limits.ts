import type { OpenStack } from 'openstack-ts'
import type { ObservedLimits } from '#domain/fleet/types.ts'

/** What the project may still have. A failed look is unknown, with its reason; never "nothing used". */
export async function limitsOf(cloud: OpenStack, signal: AbortSignal): Promise<ObservedLimits> {
  try {
    const { instances, cores, ramMb } = await cloud.compute.limits.absolute({ signal })
    const quota = ({ limit, used }: { limit: number | null; used: number }) => ({ limit: limit ?? -1, used })
    return { quotas: { instances: quota(instances), cores: quota(cores), ramMb: quota(ramMb) } }
  } catch (error) {
    return { unknown: error instanceof Error ? error.message : String(error) }
  }
}
