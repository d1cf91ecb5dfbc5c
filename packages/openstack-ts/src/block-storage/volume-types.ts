import { z } from 'zod'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import type { ServiceClient } from '../transport/service-client.ts'

export interface VolumeType {
  id: string
  name: string
}

const volumeType = z.object({ id: z.string(), name: z.string() })

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
