import { z } from 'zod'
import { resource, strings, text, type Fields, type Resource } from '../schema.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { resources, resourcesQuery, type Resources } from './resources.ts'

/** What resources come from: a compute node, a pool of shared storage, a part of either. */
export interface ResourceProvider extends Resource {
  id: string
  /** Of a compute node: its hypervisor's hostname. */
  name: string
  /** Counts its changes. */
  generation: number
  parentId: string | null
  rootId: string | null
}

export interface ResourceProviderFilter {
  name?: string | undefined
  /** Only those that have this much left. */
  resources?: Readonly<Resources> | undefined
  /** Traits that they must have; `!` before one that they must not. */
  required?: readonly string[] | undefined
  /** Ids of aggregates; one of them is enough. */
  anyAggregate?: readonly string[] | undefined
  /** Id of any provider in the same tree. */
  inTree?: string | undefined
}

export interface Inventory extends Resource {
  total: number
  /** Not to be given away. */
  reserved: number
  minUnit: number
  maxUnit: number
  stepSize: number
  /** What can be given away is (total − reserved) × this. */
  allocationRatio: number
}

const provider = resource(
  {
    uuid: z.string(),
    name: z.string(),
    generation: z.number(),
    parent_provider_uuid: text,
    root_provider_uuid: text,
  },
  (body): Fields<ResourceProvider> => ({
    id: body.uuid,
    name: body.name,
    generation: body.generation,
    parentId: body.parent_provider_uuid,
    rootId: body.root_provider_uuid,
  }),
)

const inventory = resource(
  {
    total: z.number(),
    reserved: z.number(),
    min_unit: z.number(),
    max_unit: z.number(),
    step_size: z.number(),
    allocation_ratio: z.number(),
  },
  (body): Fields<Inventory> => ({
    total: body.total,
    reserved: body.reserved,
    minUnit: body.min_unit,
    maxUnit: body.max_unit,
    stepSize: body.step_size,
    allocationRatio: body.allocation_ratio,
  }),
)

const all = z.object({ resource_providers: z.array(provider) }).transform((body) => body.resource_providers)
const inventories = z.object({ inventories: z.record(z.string(), inventory) }).transform((body) => body.inventories)
const usages = z.object({ usages: resources }).transform((body) => body.usages)
const aggregates = z.object({ aggregates: strings }).transform((body) => body.aggregates)
const traits = z.object({ traits: strings }).transform((body) => body.traits)

/** https://docs.openstack.org/api-ref/placement/#resource-providers */
export class ResourceProviders {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** All at once: Placement has no pages. */
  list(filter: ResourceProviderFilter = {}, options: CallOptions = {}): Promise<ResourceProvider[]> {
    const query = {
      name: filter.name,
      resources: filter.resources && resourcesQuery(filter.resources),
      required: filter.required?.join(','),
      member_of: filter.anyAggregate && `in:${filter.anyAggregate.join(',')}`,
      in_tree: filter.inTree,
    }
    return this.#client.get('/resource_providers', all, { ...options, query })
  }

  show(id: string, options: CallOptions = {}): Promise<ResourceProvider> {
    return this.#client.get(path`/resource_providers/${id}`, provider, options)
  }

  /** By resource class. */
  inventories(id: string, options: CallOptions = {}): Promise<Record<string, Inventory>> {
    return this.#client.get(path`/resource_providers/${id}/inventories`, inventories, options)
  }

  usages(id: string, options: CallOptions = {}): Promise<Resources> {
    return this.#client.get(path`/resource_providers/${id}/usages`, usages, options)
  }

  /** Ids. */
  aggregates(id: string, options: CallOptions = {}): Promise<string[]> {
    return this.#client.get(path`/resource_providers/${id}/aggregates`, aggregates, options)
  }

  traits(id: string, options: CallOptions = {}): Promise<string[]> {
    return this.#client.get(path`/resource_providers/${id}/traits`, traits, options)
  }
}
