import { z } from 'zod'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import type { ServiceClient } from '../transport/service-client.ts'

export interface NetworkAvailabilityZone {
  name: string
  available: boolean
  /** What can be placed in it: a zone of each name may be there for both. */
  resource: 'network' | 'router'
}

const zone = z
  .object({ name: z.string(), state: z.string(), resource: z.enum(['network', 'router']) })
  .transform(({ name, state, resource }): NetworkAvailabilityZone => {
    return { name, available: state === 'available', resource }
  })

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
