import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { settledMicroversion } from '../settled-microversion.ts'
import { AllocationCandidateList } from './allocation-candidates.ts'
import { Allocations } from './allocations.ts'
import { ResourceClasses } from './resource-classes.ts'
import { ResourceProviders } from './resource-providers.ts'
import { Traits } from './traits.ts'
import { ProjectUsages } from './usages.ts'

/** Placement, to read: what hosts have and hold. For administrators on most clouds. https://docs.openstack.org/api-ref/placement/ */
export class Placement {
  readonly client: ServiceClient
  readonly resourceProviders: ResourceProviders
  readonly resourceClasses: ResourceClasses
  readonly traits: Traits
  readonly allocations: Allocations
  readonly usages: ProjectUsages
  readonly allocationCandidates: AllocationCandidateList

  constructor(client: ServiceClient) {
    this.client = client
    this.resourceProviders = new ResourceProviders(client)
    this.resourceClasses = new ResourceClasses(client)
    this.traits = new Traits(client)
    this.allocations = new Allocations(client)
    this.usages = new ProjectUsages(client)
    this.allocationCandidates = new AllocationCandidateList(client)
  }

  /** The microversion that was settled with this cloud. */
  async microversion(options: CallOptions = {}): Promise<string> {
    return (await settledMicroversion(this.client, options)).version
  }
}
