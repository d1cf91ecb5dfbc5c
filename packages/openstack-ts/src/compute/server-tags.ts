import { z } from 'zod'
import { settledMicroversion } from '../settled-microversion.ts'
import { unlessNotFound } from '../error/predicates.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

const body = z.object({ tags: z.array(z.string()) }).transform(({ tags }) => tags)

/**
 * Labels of a server, at most 50 of at most 60 characters; lists can be filtered by them. From 2.26.
 *
 * https://docs.openstack.org/api-ref/compute/#server-tags-servers-tags
 */
export class ServerTags {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  async list(serverId: string, options: CallOptions = {}): Promise<string[]> {
    await this.#needed(options)
    return this.#client.get(path`/servers/${serverId}/tags`, body, options)
  }

  /** All that it shall have. */
  async replace(serverId: string, tags: readonly string[], options: CallOptions = {}): Promise<string[]> {
    await this.#needed(options)
    return this.#client.put(path`/servers/${serverId}/tags`, { tags }, body, options)
  }

  /** One more; having it already is no error. */
  async add(serverId: string, tag: string, options: CallOptions = {}): Promise<void> {
    await this.#needed(options)
    await this.#client.request('PUT', path`/servers/${serverId}/tags/${tag}`, options)
  }

  /** Whether it has it; false as well if there is no such server. */
  async has(serverId: string, tag: string, options: CallOptions = {}): Promise<boolean> {
    await this.#needed(options)
    const call = this.#client.request('GET', path`/servers/${serverId}/tags/${tag}`, options)
    return (await unlessNotFound(call)) !== undefined
  }

  /** @throws OpenStackError `NotFound` if it does not have it */
  async remove(serverId: string, tag: string, options: CallOptions = {}): Promise<void> {
    await this.#needed(options)
    await this.#client.delete(path`/servers/${serverId}/tags/${tag}`, options)
  }

  /** All of them. */
  async clear(serverId: string, options: CallOptions = {}): Promise<void> {
    await this.#needed(options)
    await this.#client.delete(path`/servers/${serverId}/tags`, options)
  }

  async #needed(options: CallOptions): Promise<void> {
    const microversion = await settledMicroversion(this.#client, options)
    microversion.needs('2.26', 'tags of a server')
  }
}
