import { z } from 'zod'
import { flag, text } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface Flavor {
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

const specs = z.record(z.string(), z.string())

const flavor = z
  .object({
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
  })
  .transform((body): Flavor => ({
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
  }))

const one = z.object({ flavor }).transform((body) => body.flavor)
const extra = z.object({ extra_specs: specs }).transform((body) => body.extra_specs)

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

  extraSpecs(id: string, options: CallOptions = {}): Promise<Record<string, string>> {
    return this.#client.get(path`/flavors/${id}/os-extra_specs`, extra, options)
  }
}
