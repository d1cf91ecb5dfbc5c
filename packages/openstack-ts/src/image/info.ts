import { z } from 'zod'
import { resource, text, type Fields, type Resource } from '../schema.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** A place that a cloud keeps images in. */
export interface ImageStore extends Resource {
  id: string
  description: string | null
  isDefault: boolean
  /** Has images, takes none. */
  readOnly: boolean
}

/** One resource of a project's image quota. */
export interface ImageUsage {
  /** Null is none. */
  limit: number | null
  used: number
}

const methods = z
  .object({ 'import-methods': z.object({ value: z.array(z.string()) }) })
  .transform((body) => body['import-methods'].value)

/** Glance says `"true"`, in a text. */
const truth = z.union([z.boolean(), z.string()]).nullish()
const isTrue = (value: unknown): boolean => String(value).toLowerCase() === 'true'

const store = resource(
  { id: z.string(), description: text, default: truth, 'read-only': truth },
  (body): Fields<ImageStore> => ({
    id: body.id,
    description: body.description,
    isDefault: isTrue(body.default),
    readOnly: isTrue(body['read-only']),
  }),
)
const stores = z.object({ stores: z.array(store) }).transform((body) => body.stores)

const usage = z
  .object({ limit: z.number(), usage: z.number() })
  .transform((body): ImageUsage => ({ limit: body.limit < 0 ? null : body.limit, used: body.usage }))
const usages = z.object({ usage: z.record(z.string(), usage) }).transform((body) => body.usage)

/** What this Glance can do. https://docs.openstack.org/api-ref/image/v2/#image-service-info-discovery */
export class ImageInfo {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** `glance-direct`, `web-download`, `copy-image`, …; none if import is switched off. From API version 2.6. */
  importMethods(options: CallOptions = {}): Promise<string[]> {
    return this.#client.get('/info/import', methods, options)
  }

  /** @throws OpenStackError `NotFound` if the cloud has one store only, or is older than API version 2.8 */
  stores(options: CallOptions = {}): Promise<ImageStore[]> {
    return this.#client.get('/info/stores', stores, options)
  }

  /** By Glance's names: `image_size_total` and `image_stage_total` in MiB, `image_count_total`, … From API version 2.14. */
  usage(options: CallOptions = {}): Promise<Record<string, ImageUsage>> {
    return this.#client.get('/info/usage', usages, options)
  }
}
