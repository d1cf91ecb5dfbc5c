import { z } from 'zod'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

const all = z.object({ metadata: z.record(z.string(), z.string()) }).transform((body) => body.metadata)

/**
 * Any member of the project can write it: it labels, it proves nothing.
 *
 * https://docs.openstack.org/api-ref/block-storage/v3/#volumes-volumes (create, update, delete a volume's metadata)
 */
export class VolumeMetadata {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  show(volumeId: string, options: CallOptions = {}): Promise<Record<string, string>> {
    return this.#client.get(path`/volumes/${volumeId}/metadata`, all, options)
  }

  /** Sets these keys and leaves the others. */
  update(
    volumeId: string,
    metadata: Readonly<Record<string, string>>,
    options: CallOptions = {},
  ): Promise<Record<string, string>> {
    return this.#client.post(path`/volumes/${volumeId}/metadata`, { metadata }, all, options)
  }

  /** All that it shall have. */
  replace(
    volumeId: string,
    metadata: Readonly<Record<string, string>>,
    options: CallOptions = {},
  ): Promise<Record<string, string>> {
    return this.#client.put(path`/volumes/${volumeId}/metadata`, { metadata }, all, options)
  }

  /** @throws OpenStackError `NotFound` if it has no such key */
  async deleteKey(volumeId: string, key: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/volumes/${volumeId}/metadata/${key}`, options)
  }
}
