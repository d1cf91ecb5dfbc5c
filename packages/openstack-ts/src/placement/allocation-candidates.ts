import { z } from 'zod'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { resources, resourcesQuery, type Resources } from './resources.ts'

export interface CandidateWish {
  resources: Readonly<Resources>
  /** Traits that they must have; `!` before one that they must not. */
  required?: readonly string[] | undefined
  /** Ids of aggregates; one of them is enough. */
  anyAggregate?: readonly string[] | undefined
  /** At most so many; the cloud has a limit of its own as well. */
  limit?: number | undefined
}

export interface AllocationCandidates {
  /** Each a way to give what was asked for, by the id of the provider. */
  candidates: Record<string, Resources>[]
  /** What the providers of these have in all (capacity, with overcommitment) and have given away, by id and class. */
  providers: Record<string, Record<string, { capacity: number; used: number }>>
}

const amounts = z.object({ capacity: z.number(), used: z.number() })

const found = z
  .object({
    allocation_requests: z.array(
      z.object({
        allocations: z.record(
          z.string(),
          z.object({ resources }).transform((body) => body.resources),
        ),
      }),
    ),
    provider_summaries: z.record(z.string(), z.object({ resources: z.record(z.string(), amounts) })),
  })
  .transform((body): AllocationCandidates => ({
    candidates: body.allocation_requests.map(({ allocations }) => allocations),
    providers: Object.fromEntries(Object.entries(body.provider_summaries).map(([id, one]) => [id, one.resources])),
  }))

/** https://docs.openstack.org/api-ref/placement/#allocation-candidates */
export class AllocationCandidateList {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** Where there is room now. A hint: nothing is claimed, and Nova's scheduler has filters of its own. */
  list(wish: CandidateWish, options: CallOptions = {}): Promise<AllocationCandidates> {
    const query = {
      resources: resourcesQuery(wish.resources),
      required: wish.required?.join(','),
      member_of: wish.anyAggregate && `in:${wish.anyAggregate.join(',')}`,
      limit: wish.limit,
    }
    return this.#client.get('/allocation_candidates', found, { ...options, query })
  }
}
