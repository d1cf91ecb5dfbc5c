import { z } from 'zod'
import { resource, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import type { ServiceClient } from '../transport/service-client.ts'

export interface NetworkAvailabilityZone extends Resource {
  name: string
  available: boolean
  /** What can be placed in it: a zone of each name may be there for both. */
  resource: 'network' | 'router'
}

const zone = resource(
  { name: z.string(), state: z.string(), resource: z.enum(['network', 'router']) },
  ({ state, ...same }): Fields<NetworkAvailabilityZone> => ({ ...same, available: state === 'available' }),
)

/** https://docs.openstack.org/api-ref/network/v2/#availability-zones */
export class NetworkAvailabilityZones {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(options: PageOptions = {}): AsyncGenerator<NetworkAvailabilityZone, void, undefined> {
    return paginate(this.#client, '/availability_zones', 'availability_zones', zone, {}, options)
  }
}
