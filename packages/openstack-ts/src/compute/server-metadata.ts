import { z } from 'zod'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

const values = z.record(z.string(), z.string())
const all = z.object({ metadata: values }).transform((body) => body.metadata)
const one = z.object({ meta: values }).transform((body) => body.meta)

/**
 * Any member of the project can write it: it labels, it proves nothing.
 *
 * https://docs.openstack.org/api-ref/compute/#server-metadata-servers-metadata
 */
export class ServerMetadata {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  show(serverId: string, options: CallOptions = {}): Promise<Record<string, string>> {
    return this.#client.get(path`/servers/${serverId}/metadata`, all, options)
  }

  /** @throws OpenStackError `NotFound` if it has no such key */
  async showKey(serverId: string, key: string, options: CallOptions = {}): Promise<string> {
    const meta = await this.#client.get(path`/servers/${serverId}/metadata/${key}`, one, options)
    const value = meta[key]
    if (value !== undefined) return value
    throw this.#client.error('BadReply', `${key} of server ${serverId} was asked for, ${Object.keys(meta).join()} came`)
  }

  /** Sets these keys and leaves the others. */
  update(
    serverId: string,
    metadata: Readonly<Record<string, string>>,
    options: CallOptions = {},
  ): Promise<Record<string, string>> {
    return this.#client.post(path`/servers/${serverId}/metadata`, { metadata }, all, options)
  }

  /** All that it shall have. */
  replace(
    serverId: string,
    metadata: Readonly<Record<string, string>>,
    options: CallOptions = {},
  ): Promise<Record<string, string>> {
    return this.#client.put(path`/servers/${serverId}/metadata`, { metadata }, all, options)
  }

  async deleteKey(serverId: string, key: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/servers/${serverId}/metadata/${key}`, options)
  }
}
