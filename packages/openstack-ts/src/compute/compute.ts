import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { AvailabilityZones } from './availability-zones.ts'
import { Flavors } from './flavors.ts'
import { InstanceActions } from './instance-actions.ts'
import { Keypairs } from './keypairs.ts'
import { Limits } from './limits.ts'
import { ComputeQuotas } from './quotas.ts'
import { ServerActions } from './server-actions.ts'
import { ServerConsoles } from './server-consoles.ts'
import { ServerDiagnosticsReader } from './server-diagnostics.ts'
import { ServerGroups } from './server-groups.ts'
import { ServerInterfaces } from './server-interfaces.ts'
import { ServerMetadata } from './server-metadata.ts'
import { ServerTags } from './server-tags.ts'
import { Servers } from './servers.ts'
import { UsageReports } from './usage.ts'
import { VolumeAttachments } from './volume-attachments.ts'

/** Nova 2.1. https://docs.openstack.org/api-ref/compute/ */
export class Compute {
  readonly client: ServiceClient
  readonly servers: Servers
  readonly actions: ServerActions
  readonly instanceActions: InstanceActions
  readonly interfaces: ServerInterfaces
  readonly metadata: ServerMetadata
  readonly tags: ServerTags
  readonly consoles: ServerConsoles
  readonly diagnostics: ServerDiagnosticsReader
  readonly volumeAttachments: VolumeAttachments
  readonly flavors: Flavors
  readonly keypairs: Keypairs
  readonly serverGroups: ServerGroups
  readonly limits: Limits
  readonly quotas: ComputeQuotas
  readonly usage: UsageReports
  readonly availabilityZones: AvailabilityZones

  constructor(client: ServiceClient, projectId: (options: CallOptions) => Promise<string>) {
    this.client = client
    this.servers = new Servers(client)
    this.actions = new ServerActions(client)
    this.instanceActions = new InstanceActions(client)
    this.interfaces = new ServerInterfaces(client)
    this.metadata = new ServerMetadata(client)
    this.tags = new ServerTags(client)
    this.consoles = new ServerConsoles(client)
    this.diagnostics = new ServerDiagnosticsReader(client)
    this.volumeAttachments = new VolumeAttachments(client)
    this.flavors = new Flavors(client)
    this.keypairs = new Keypairs(client)
    this.serverGroups = new ServerGroups(client)
    this.limits = new Limits(client)
    this.quotas = new ComputeQuotas(client, projectId)
    this.usage = new UsageReports(client, projectId)
    this.availabilityZones = new AvailabilityZones(client)
  }

  /** The microversion that was settled with this cloud. */
  async microversion(options: CallOptions = {}): Promise<string> {
    return (await this.client.endpoint(options)).microversion ?? '2.1'
  }
}
