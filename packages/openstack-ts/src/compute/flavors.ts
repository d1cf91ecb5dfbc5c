import { z } from 'zod'
import { flag, resource, text, type Fields, type Resource } from '../schema.ts'
import { settledMicroversion } from '../settled-microversion.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface Flavor extends Resource {
  /** Any text: clouds have UUIDs, small numbers and names here. */
  id: string
  name: string
  vcpus: number
  ramMb: number
  /** Root disk; 0 takes the image's own size, which many clouds refuse. */
  diskGb: number
  /** Scratch. */
  ephemeralGb: number
  swapMb: number
  isPublic: boolean
  disabled: boolean
  /** From 2.55. */
  description: string | null
  /** From 2.61; null before: ask {@link Flavors.extraSpecs}. */
  extraSpecs: Record<string, string> | null
}

export interface FlavorFilter {
  minDiskGb?: number | undefined
  minRamMb?: number | undefined
  /** For administrators: false lists private flavors, `all` both. */
  isPublic?: boolean | 'all' | undefined
}

export interface FlavorCreate {
  name: string
  vcpus: number
  ramMb: number
  diskGb: number
  /** Of Nova's choice by default: a UUID. */
  id?: string | undefined
  ephemeralGb?: number | undefined
  swapMb?: number | undefined
  /** Default of Nova: true. */
  isPublic?: boolean | undefined
  /** From 2.55. */
  description?: string | undefined
}

const specs = z.record(z.string(), z.string())

const flavor = resource(
  {
    id: z.string(),
    name: z.string(),
    vcpus: z.number(),
    ram: z.number(),
    disk: z.number(),
    'OS-FLV-EXT-DATA:ephemeral': z.number().default(0),
    // An empty text before 2.75.
    swap: z.union([z.number(), z.literal('')]).default(0),
    'os-flavor-access:is_public': flag,
    'OS-FLV-DISABLED:disabled': flag,
    description: text,
    extra_specs: specs.nullish(),
  },
  (body): Fields<Flavor> => ({
    id: body.id,
    name: body.name,
    vcpus: body.vcpus,
    ramMb: body.ram,
    diskGb: body.disk,
    ephemeralGb: body['OS-FLV-EXT-DATA:ephemeral'],
    swapMb: body.swap === '' ? 0 : body.swap,
    isPublic: body['os-flavor-access:is_public'] ?? true,
    disabled: body['OS-FLV-DISABLED:disabled'] ?? false,
    description: body.description,
    extraSpecs: body.extra_specs ?? null,
  }),
)

const one = z.object({ flavor }).transform((body) => body.flavor)
const extra = z.object({ extra_specs: specs }).transform((body) => body.extra_specs)
const access = z
  .object({ flavor_access: z.array(z.object({ tenant_id: z.string() })) })
  .transform((body) => body.flavor_access.map(({ tenant_id }) => tenant_id))

/** To change any of them is for administrators. https://docs.openstack.org/api-ref/compute/#flavors */
export class Flavors {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** The public ones and those that this project was given, with all details. */
  list(filter: FlavorFilter = {}, options: PageOptions = {}): AsyncGenerator<Flavor, void, undefined> {
    const isPublic = filter.isPublic === 'all' ? 'none' : filter.isPublic
    const query = { minDisk: filter.minDiskGb, minRam: filter.minRamMb, is_public: isPublic }
    return paginate(this.#client, '/flavors/detail', 'flavors', flavor, query, options)
  }

  show(id: string, options: CallOptions = {}): Promise<Flavor> {
    return this.#client.get(path`/flavors/${id}`, one, options)
  }

  /** @throws OpenStackError `Conflict` if its name or id is taken */
  async create(create: FlavorCreate, options: CallOptions = {}): Promise<Flavor> {
    if (create.description !== undefined) {
      const microversion = await settledMicroversion(this.#client, options)
      microversion.needs('2.55', 'the description of a flavor')
    }
    const body = {
      id: create.id,
      name: create.name,
      vcpus: create.vcpus,
      ram: create.ramMb,
      disk: create.diskGb,
      'OS-FLV-EXT-DATA:ephemeral': create.ephemeralGb,
      swap: create.swapMb,
      'os-flavor-access:is_public': create.isPublic,
      description: create.description,
    }
    return this.#client.post('/flavors', { flavor: body }, one, options)
  }

  /** Nothing else of a flavor can be changed. From 2.55. */
  async describe(id: string, description: string | null, options: CallOptions = {}): Promise<Flavor> {
    const microversion = await settledMicroversion(this.#client, options)
    microversion.needs('2.55', 'the description of a flavor')
    return this.#client.put(path`/flavors/${id}`, { flavor: { description } }, one, options)
  }

  /** Servers that were made with it go on. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/flavors/${id}`, options)
  }

  extraSpecs(id: string, options: CallOptions = {}): Promise<Record<string, string>> {
    return this.#client.get(path`/flavors/${id}/os-extra_specs`, extra, options)
  }

  /** Sets these and leaves the others. @returns those that were set */
  setExtraSpecs(
    id: string,
    extraSpecs: Readonly<Record<string, string>>,
    options: CallOptions = {},
  ): Promise<Record<string, string>> {
    return this.#client.post(path`/flavors/${id}/os-extra_specs`, { extra_specs: extraSpecs }, extra, options)
  }

  /** @throws OpenStackError `NotFound` if it does not have it */
  async deleteExtraSpec(id: string, key: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/flavors/${id}/os-extra_specs/${key}`, options)
  }

  /** Ids of the projects that were given a private flavor. @throws OpenStackError `NotFound` for a public one */
  projects(id: string, options: CallOptions = {}): Promise<string[]> {
    return this.#client.get(path`/flavors/${id}/os-flavor-access`, access, options)
  }

  /** @throws OpenStackError `Conflict` if the project has it, or it is public */
  give(id: string, projectId: string, options: CallOptions = {}): Promise<string[]> {
    return this.#client.post(path`/flavors/${id}/action`, { addTenantAccess: { tenant: projectId } }, access, options)
  }

  /** @throws OpenStackError `NotFound` if the project does not have it */
  take(id: string, projectId: string, options: CallOptions = {}): Promise<string[]> {
    const body = { removeTenantAccess: { tenant: projectId } }
    return this.#client.post(path`/flavors/${id}/action`, body, access, options)
  }
}
