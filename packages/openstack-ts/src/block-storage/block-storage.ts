import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { AvailabilityZones } from '../compute/availability-zones.ts'
import { VolumeBackups } from './backups.ts'
import { VolumeLimits } from './limits.ts'
import { VolumeQuotas } from './quotas.ts'
import { Snapshots } from './snapshots.ts'
import { VolumeTransfers } from './transfers.ts'
import { VolumeActions } from './volume-actions.ts'
import { VolumeMetadata } from './volume-metadata.ts'
import { VolumeTypes } from './volume-types.ts'
import { Volumes } from './volumes.ts'

/** Cinder v3. https://docs.openstack.org/api-ref/block-storage/v3/ */
export class BlockStorage {
  readonly client: ServiceClient
  readonly volumes: Volumes
  readonly actions: VolumeActions
  readonly metadata: VolumeMetadata
  readonly snapshots: Snapshots
  readonly backups: VolumeBackups
  readonly transfers: VolumeTransfers
  readonly types: VolumeTypes
  readonly limits: VolumeLimits
  readonly quotas: VolumeQuotas
  readonly availabilityZones: AvailabilityZones

  constructor(client: ServiceClient, projectId: (options: CallOptions) => Promise<string>) {
    this.client = client
    this.volumes = new Volumes(client)
    this.actions = new VolumeActions(client)
    this.metadata = new VolumeMetadata(client)
    this.snapshots = new Snapshots(client)
    this.backups = new VolumeBackups(client)
    this.transfers = new VolumeTransfers(client)
    this.types = new VolumeTypes(client)
    this.limits = new VolumeLimits(client)
    this.quotas = new VolumeQuotas(client, projectId)
    // Cinder's are sent as Nova's are.
    this.availabilityZones = new AvailabilityZones(client)
  }

  /** The microversion that was settled with this cloud. */
  async microversion(options: CallOptions = {}): Promise<string> {
    return (await this.client.endpoint(options)).microversion ?? '3.0'
  }
}
