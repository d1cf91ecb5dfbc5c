import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { VolumeLimits } from './limits.ts'
import { VolumeQuotas } from './quotas.ts'
import { Snapshots } from './snapshots.ts'
import { VolumeActions } from './volume-actions.ts'
import { VolumeTypes } from './volume-types.ts'
import { Volumes } from './volumes.ts'

/** Cinder v3. */
export class BlockStorage {
  readonly client: ServiceClient
  readonly volumes: Volumes
  readonly actions: VolumeActions
  readonly snapshots: Snapshots
  readonly types: VolumeTypes
  readonly limits: VolumeLimits
  readonly quotas: VolumeQuotas

  constructor(client: ServiceClient, projectId: (options: CallOptions) => Promise<string>) {
    this.client = client
    this.volumes = new Volumes(client)
    this.actions = new VolumeActions(client)
    this.snapshots = new Snapshots(client)
    this.types = new VolumeTypes(client)
    this.limits = new VolumeLimits(client)
    this.quotas = new VolumeQuotas(client, projectId)
  }

  /** The microversion that was settled with this cloud. */
  async microversion(options: CallOptions = {}): Promise<string> {
    return (await this.client.endpoint(options)).microversion ?? '3.0'
  }
}
