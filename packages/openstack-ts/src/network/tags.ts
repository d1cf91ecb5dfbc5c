import { z } from 'zod'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** What can have tags, by the name that its path has. */
export type TaggedResource =
  | 'networks'
  | 'subnets'
  | 'ports'
  | 'routers'
  | 'floatingips'
  | 'security-groups'
  | 'security-group-rules'

const tagged = z.object({ tags: z.array(z.string()) }).transform((body) => body.tags)

/**
 * Labels, each of at most 255 characters (60 in old releases); lists can be filtered by them.
 *
 * https://docs.openstack.org/api-ref/network/v2/#tag-extension-tags
 */
export class NetworkTags {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(resource: TaggedResource, id: string, options: CallOptions = {}): Promise<string[]> {
    return this.#client.get(path`/${resource}/${id}/tags`, tagged, options)
  }

  /** All that it shall have. */
  replace(resource: TaggedResource, id: string, tags: readonly string[], options: CallOptions = {}): Promise<string[]> {
    return this.#client.put(path`/${resource}/${id}/tags`, { tags }, tagged, options)
  }

  /** One more; having it already is no error. */
  async add(resource: TaggedResource, id: string, tag: string, options: CallOptions = {}): Promise<void> {
    await this.#client.request('PUT', path`/${resource}/${id}/tags/${tag}`, options)
  }

  /** @throws OpenStackError `NotFound` if it does not have it */
  async remove(resource: TaggedResource, id: string, tag: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/${resource}/${id}/tags/${tag}`, options)
  }

  /** All of them. */
  async clear(resource: TaggedResource, id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/${resource}/${id}/tags`, options)
  }
}
