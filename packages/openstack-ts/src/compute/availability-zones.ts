import { z } from 'zod'
import { resource, type Fields, type Resource } from '../schema.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface AvailabilityZone extends Resource {
  name: string
  available: boolean
}

const zone = resource(
  { zoneName: z.string(), zoneState: z.object({ available: z.boolean() }) },
  ({ zoneName, zoneState }): Fields<AvailabilityZone> => ({ name: zoneName, available: zoneState.available }),
)

const all = z.object({ availabilityZoneInfo: z.array(zone) }).transform((body) => body.availabilityZoneInfo)

/** https://docs.openstack.org/api-ref/compute/#availability-zones-os-availability-zone */
export class AvailabilityZones {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(options: CallOptions = {}): Promise<AvailabilityZone[]> {
    return this.#client.get('/os-availability-zone', all, options)
  }
}
