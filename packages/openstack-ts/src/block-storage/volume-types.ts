import { z } from 'zod'
import { flag, resource, text, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface VolumeType extends Resource {
  id: string
  name: string
  description: string | null
  isPublic: boolean
  /** Those that one may see. */
  extraSpecs: Record<string, string>
}

const volumeType = resource(
  {
    id: z.string(),
    name: z.string(),
    description: text,
    is_public: flag,
    extra_specs: z.record(z.string(), z.string()).nullish(),
  },
  (body): Fields<VolumeType> => ({
    id: body.id,
    name: body.name,
    description: body.description,
    isPublic: body.is_public ?? true,
    extraSpecs: body.extra_specs ?? {},
  }),
)

const one = z.object({ volume_type: volumeType }).transform((body) => body.volume_type)

/** Read only here. https://docs.openstack.org/api-ref/block-storage/v3/#volume-types-types */
export class VolumeTypes {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** The public ones and those that this project was given. */
  list(options: PageOptions = {}): AsyncGenerator<VolumeType, void, undefined> {
    return paginate(this.#client, '/types', 'volume_types', volumeType, {}, options)
  }

  show(id: string, options: CallOptions = {}): Promise<VolumeType> {
    return this.#client.get(path`/types/${id}`, one, options)
  }

  /** What a volume gets for which none is named. @throws OpenStackError `NotFound` if the cloud has no such */
  default(options: CallOptions = {}): Promise<VolumeType> {
    return this.#client.get('/types/default', one, options)
  }
}
