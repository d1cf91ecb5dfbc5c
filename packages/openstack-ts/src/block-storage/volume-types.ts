import { z } from 'zod'
import { resource, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import type { ServiceClient } from '../transport/service-client.ts'

export interface VolumeType extends Resource {
  id: string
  name: string
}

const volumeType = resource({ id: z.string(), name: z.string() }, (body): Fields<VolumeType> => body)

export class VolumeTypes {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** The public ones and those that this project was given. */
  list(options: PageOptions = {}): AsyncGenerator<VolumeType, void, undefined> {
    return paginate(this.#client, '/types', 'volume_types', volumeType, {}, options)
  }
}
