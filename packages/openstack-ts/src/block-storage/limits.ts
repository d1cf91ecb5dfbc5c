import { z } from 'zod'
import type { Usage } from '../compute/limits.ts'
import { limit, resource, type Fields, type Resource } from '../schema.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** What the project may have and has of volumes, whoever made them. A limit of null is none. */
export interface AbsoluteVolumeLimits extends Resource {
  volumes: Usage
  /** Volumes and, unless the cloud leaves them out, snapshots. */
  gigabytes: Usage
  snapshots: Usage
}

const absolute = resource(
  {
    maxTotalVolumes: limit,
    totalVolumesUsed: z.number(),
    maxTotalVolumeGigabytes: limit,
    totalGigabytesUsed: z.number(),
    maxTotalSnapshots: limit,
    totalSnapshotsUsed: z.number(),
  },
  (body): Fields<AbsoluteVolumeLimits> => ({
    volumes: { limit: body.maxTotalVolumes, used: body.totalVolumesUsed },
    gigabytes: { limit: body.maxTotalVolumeGigabytes, used: body.totalGigabytesUsed },
    snapshots: { limit: body.maxTotalSnapshots, used: body.totalSnapshotsUsed },
  }),
)

const limits = z.object({ limits: z.object({ absolute }) }).transform((body) => body.limits.absolute)

/** https://docs.openstack.org/api-ref/block-storage/v3/#limits-limits */
export class VolumeLimits {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** One cheap call, and any member of the project may ask. */
  absolute(options: CallOptions = {}): Promise<AbsoluteVolumeLimits> {
    return this.#client.get('/limits', limits, options)
  }
}
