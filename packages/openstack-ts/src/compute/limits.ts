import { z } from 'zod'
import { limit } from '../schema.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** A limit of null is none. */
export interface Usage {
  limit: number | null
  used: number
}

/** What the project may use and uses, whoever made it. */
export interface AbsoluteLimits {
  instances: Usage
  cores: Usage
  ramMb: Usage
  serverGroups: { limit: number | null }
  keypairs: { limit: number | null }
  serverMetadataItems: { limit: number | null }
}

const none = limit.nullish().transform((value) => value ?? null)

const absolute = z.object({
  limits: z.object({
    absolute: z.object({
      maxTotalInstances: limit,
      totalInstancesUsed: z.number(),
      maxTotalCores: limit,
      totalCoresUsed: z.number(),
      maxTotalRAMSize: limit,
      totalRAMUsed: z.number(),
      maxServerGroups: none,
      maxTotalKeypairs: none,
      maxServerMeta: none,
    }),
  }),
})

export class Limits {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** One cheap call, and any member of the project may ask. */
  async absolute(options: CallOptions = {}): Promise<AbsoluteLimits> {
    const { absolute: body } = (await this.#client.get('/limits', absolute, options)).limits
    return {
      instances: { limit: body.maxTotalInstances, used: body.totalInstancesUsed },
      cores: { limit: body.maxTotalCores, used: body.totalCoresUsed },
      ramMb: { limit: body.maxTotalRAMSize, used: body.totalRAMUsed },
      serverGroups: { limit: body.maxServerGroups },
      keypairs: { limit: body.maxTotalKeypairs },
      serverMetadataItems: { limit: body.maxServerMeta },
    }
  }
}
