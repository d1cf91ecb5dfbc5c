import { z } from 'zod'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

const body = z.object({ metadata: z.record(z.string(), z.string()) }).transform(({ metadata }) => metadata)

/** Any member of the project can write it: it labels, it proves nothing. */
export class ServerMetadata {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  show(serverId: string, options: CallOptions = {}): Promise<Record<string, string>> {
    return this.#client.get(path`/servers/${serverId}/metadata`, body, options)
  }

  /** Sets these keys and leaves the others. */
  update(
    serverId: string,
    metadata: Readonly<Record<string, string>>,
    options: CallOptions = {},
  ): Promise<Record<string, string>> {
    return this.#client.post(path`/servers/${serverId}/metadata`, { metadata }, body, options)
  }

  async deleteKey(serverId: string, key: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/servers/${serverId}/metadata/${key}`, options)
  }
}
