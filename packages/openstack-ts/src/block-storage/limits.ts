import { z } from 'zod'
import type { Usage } from '../compute/limits.ts'
import { limit } from '../schema.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** What the project may have and has of volumes, whoever made them. A limit of null is none. */
export interface AbsoluteVolumeLimits {
  volumes: Usage
  /** Volumes and, unless the cloud leaves them out, snapshots. */
  gigabytes: Usage
  snapshots: Usage
}

const absolute = z.object({
  limits: z.object({
    absolute: z.object({
      maxTotalVolumes: limit,
      totalVolumesUsed: z.number(),
      maxTotalVolumeGigabytes: limit,
      totalGigabytesUsed: z.number(),
      maxTotalSnapshots: limit,
      totalSnapshotsUsed: z.number(),
    }),
  }),
})

export class VolumeLimits {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** One cheap call, and any member of the project may ask. */
  async absolute(options: CallOptions = {}): Promise<AbsoluteVolumeLimits> {
    const { absolute: body } = (await this.#client.get('/limits', absolute, options)).limits
    return {
      volumes: { limit: body.maxTotalVolumes, used: body.totalVolumesUsed },
      gigabytes: { limit: body.maxTotalVolumeGigabytes, used: body.totalGigabytesUsed },
      snapshots: { limit: body.maxTotalSnapshots, used: body.totalSnapshotsUsed },
    }
  }
}
