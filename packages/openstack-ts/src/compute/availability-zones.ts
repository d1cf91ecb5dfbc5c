import { z } from 'zod'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface AvailabilityZone {
  name: string
  available: boolean
}

const zones = z.object({
  availabilityZoneInfo: z.array(z.object({ zoneName: z.string(), zoneState: z.object({ available: z.boolean() }) })),
})

export class AvailabilityZones {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  async list(options: CallOptions = {}): Promise<AvailabilityZone[]> {
    const body = await this.#client.get('/os-availability-zone', zones, options)
    return body.availabilityZoneInfo.map((zone) => ({ name: zone.zoneName, available: zone.zoneState.available }))
  }
}
