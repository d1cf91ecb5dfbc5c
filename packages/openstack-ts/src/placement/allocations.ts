import { z } from 'zod'
import { resource, text, type Fields, type Resource } from '../schema.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { resources, type Resources } from './resources.ts'

/** What a consumer holds. */
export interface ConsumerAllocations extends Resource {
  /** By the id of the provider; empty if it holds nothing, or is not known. */
  byProvider: Record<string, Resources>
  projectId: string | null
  userId: string | null
}

const allocations = resource(
  {
    allocations: z.record(
      z.string(),
      z.object({ resources }).transform((body) => body.resources),
    ),
    project_id: text,
    user_id: text,
  },
  (body): Fields<ConsumerAllocations> => {
    return { byProvider: body.allocations, projectId: body.project_id, userId: body.user_id }
  },
)

/** https://docs.openstack.org/api-ref/placement/#allocations */
export class Allocations {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** @param consumerId of a server: its id. One that is not known is no error here, but holds nothing */
  show(consumerId: string, options: CallOptions = {}): Promise<ConsumerAllocations> {
    return this.#client.get(path`/allocations/${consumerId}`, allocations, options)
  }
}
