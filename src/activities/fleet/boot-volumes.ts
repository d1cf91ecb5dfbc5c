import type { OpenStack } from 'openstack-ts'
import { bootVolumeSize } from '#clouds/boot-volumes.ts'
import { volumeQuotasOf } from '#clouds/limits.ts'
import type { CloudConfig } from '#config/schema.ts'
import type { DemandGroup } from '#domain/demand.ts'
import type { BootVolumeSize, FleetCloud, Flavor } from '#domain/fleet/types.ts'

/** What the plan has to know of volumes, on clouds where VMs of flavors without root disk boot from one. Asked only where such a VM is wanted. */
export class BootVolumes {
  readonly #sizes = new Map<string, BootVolumeSize>()

  async of(
    policy: CloudConfig,
    connection: OpenStack,
    groups: readonly DemandGroup[],
    flavors: Record<string, Flavor>,
    signal: AbortSignal,
  ): Promise<Pick<FleetCloud, 'bootVolumes'> & { quotas?: Awaited<ReturnType<typeof volumeQuotasOf>> }> {
    if (policy.bootVolume === undefined) return {}
    const images = new Set(
      groups.flatMap(({ images: image, flavors: flavor }) =>
        flavors[flavor[policy.name] ?? '']?.diskGb === 0 ? (image[policy.name] ?? []) : [],
      ),
    )
    if (images.size === 0) return { bootVolumes: {} }
    const wanted = policy.bootVolume
    try {
      const [quotas, ...sizes] = await Promise.all([
        volumeQuotasOf(connection, signal),
        ...[...images].map(
          async (id) =>
            [
              id,
              await this.#size(`${policy.name} ${id}`, () => bootVolumeSize(connection, id, wanted, signal)),
            ] as const,
        ),
      ])
      return { quotas, bootVolumes: Object.fromEntries(sizes) }
    } catch (error) {
      // VMs that need no volume are booted all the same
      const unknown = error instanceof Error ? error.message : String(error)
      return { bootVolumes: Object.fromEntries([...images].map((id) => [id, { unknown }])) }
    }
  }

  /** An image does not change once it is there. */
  async #size(key: string, ask: () => Promise<BootVolumeSize>): Promise<BootVolumeSize> {
    const known = this.#sizes.get(key)
    if (known !== undefined) return known
    const size = await ask()
    if ('gb' in size) this.#sizes.set(key, size)
    return size
  }
}
