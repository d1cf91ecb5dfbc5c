import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** Labels; what an image has is in its `tags`. https://docs.openstack.org/api-ref/image/v2/#image-tags */
export class ImageTags {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** Having it already is no error. */
  async add(imageId: string, tag: string, options: CallOptions = {}): Promise<void> {
    await this.#client.request('PUT', path`/images/${imageId}/tags/${tag}`, options)
  }

  /** @throws OpenStackError `NotFound` if it does not have it */
  async remove(imageId: string, tag: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/images/${imageId}/tags/${tag}`, options)
  }
}
