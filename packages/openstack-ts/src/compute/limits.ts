import { z } from 'zod'
import { limit, number, resource, type Fields, type Resource } from '../schema.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** A limit of null is none. */
export interface Usage {
  limit: number | null
  used: number
}

/** What the project may use and uses, whoever made it. */
export interface AbsoluteLimits extends Resource {
  instances: Usage
  cores: Usage
  ramMb: Usage
  /** What is used is null where Nova does not say (from 2.57 on it always does). */
  serverGroups: { limit: number | null; used: number | null }
  serverGroupMembers: { limit: number | null }
  keypairs: { limit: number | null }
  serverMetadataItems: { limit: number | null }
}

const none = limit.nullish().transform((value) => value ?? null)

const absolute = resource(
  {
    maxTotalInstances: limit,
    totalInstancesUsed: z.number(),
    maxTotalCores: limit,
    totalCoresUsed: z.number(),
    maxTotalRAMSize: limit,
    totalRAMUsed: z.number(),
    maxServerGroups: none,
    totalServerGroupsUsed: number,
    maxServerGroupMembers: none,
    maxTotalKeypairs: none,
    maxServerMeta: none,
  },
  (body): Fields<AbsoluteLimits> => ({
    instances: { limit: body.maxTotalInstances, used: body.totalInstancesUsed },
    cores: { limit: body.maxTotalCores, used: body.totalCoresUsed },
    ramMb: { limit: body.maxTotalRAMSize, used: body.totalRAMUsed },
    serverGroups: { limit: body.maxServerGroups, used: body.totalServerGroupsUsed },
    serverGroupMembers: { limit: body.maxServerGroupMembers },
    keypairs: { limit: body.maxTotalKeypairs },
    serverMetadataItems: { limit: body.maxServerMeta },
  }),
)

const limits = z.object({ limits: z.object({ absolute }) }).transform((body) => body.limits.absolute)

/** https://docs.openstack.org/api-ref/compute/#limits-limits */
export class Limits {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** One cheap call, and any member of the project may ask. */
  absolute(options: CallOptions = {}): Promise<AbsoluteLimits> {
    return this.#client.get('/limits', limits, options)
  }
}
