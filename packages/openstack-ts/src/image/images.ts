import type { Readable } from 'node:stream'
import { collect, paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { imageDetails, type ImageDetails, type ImageVisibility } from './image-details.ts'
import type { JsonPatch } from './json-patch.ts'

export interface ImageFilter {
  /** Exact. Glance allows any number of images of one name. */
  name?: string | undefined
  /**
   * Without it: all that this project can boot except community images and unaccepted shares. `all` includes
   * community images.
   */
  visibility?: ImageVisibility | 'all' | undefined
  /** With visibility `shared`: shares that this project has answered so. Default `accepted`. */
  memberStatus?: 'accepted' | 'pending' | 'rejected' | 'all' | undefined
  /** Id of a project. */
  owner?: string | undefined
  status?: string | undefined
  tag?: string | undefined
  /** E.g. `created_at:desc`, which is Glance's default. */
  sort?: string | undefined
}

export interface ImageCreate {
  name: string
  diskFormat: string
  containerFormat?: string | undefined
  visibility?: ImageVisibility | undefined
  minDiskGb?: number | undefined
  minRamMb?: number | undefined
  protected?: boolean | undefined
  tags?: readonly string[] | undefined
  /** Further properties, all text. */
  properties?: Readonly<Record<string, string>> | undefined
}

export class Images {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(filter: ImageFilter = {}, options: PageOptions = {}): AsyncGenerator<ImageDetails, void, undefined> {
    const { name, memberStatus, ...same } = filter
    // Glance reads `in:a,b` as a list of names: one name that looks like it goes as a list of one, quoted.
    const exact = name?.startsWith('in:') ? `in:"${name}"` : name
    return paginate(
      this.#client,
      '/images',
      'images',
      imageDetails,
      { ...same, name: exact, member_status: memberStatus },
      options,
    )
  }

  /** All images of exactly this name that match the filter. */
  async findByName(
    name: string,
    filter: Omit<ImageFilter, 'name'> = {},
    options: PageOptions = {},
  ): Promise<ImageDetails[]> {
    const found = await collect(this.list({ ...filter, name }, options))
    return found.filter((image) => image.name === name)
  }

  show(id: string, options: CallOptions = {}): Promise<ImageDetails> {
    return this.#client.get(path`/images/${id}`, imageDetails, options)
  }

  /** An image without data yet, status `queued`. */
  create(image: ImageCreate, options: CallOptions = {}): Promise<ImageDetails> {
    const body = {
      ...image.properties,
      name: image.name,
      disk_format: image.diskFormat,
      container_format: image.containerFormat ?? 'bare',
      visibility: image.visibility,
      min_disk: image.minDiskGb,
      min_ram: image.minRamMb,
      protected: image.protected,
      tags: image.tags,
    }
    return this.#client.post('/images', body, imageDetails, options)
  }

  /** @example images.update(id, [{ op: 'replace', path: '/visibility', value: 'shared' }]) */
  async update(id: string, changes: JsonPatch, options: CallOptions = {}): Promise<ImageDetails> {
    const where = path`/images/${id}`
    const contentType = 'application/openstack-images-v2.1-json-patch'
    const reply = await this.#client.request('PATCH', where, { ...options, json: changes, contentType })
    return this.#client.parse(reply, imageDetails, 'PATCH', where)
  }

  setVisibility(id: string, visibility: ImageVisibility, options: CallOptions = {}): Promise<ImageDetails> {
    return this.update(id, [{ op: 'replace', path: '/visibility', value: visibility }], options)
  }

  /**
   * Sends the data of a queued image. Never repeated by itself: a broken upload leaves the image in a state that the
   * caller has to look at.
   */
  async upload(id: string, data: Readable | Uint8Array, options: CallOptions = {}): Promise<void> {
    // Also makes sure that the token is accepted, since a stream can be sent only once.
    const image = await this.show(id, options)
    if (image.status !== 'queued') {
      throw this.#client.error('Conflict', `image ${id} is ${image.status}: data can only be uploaded to a queued one`)
    }
    const contentType = 'application/octet-stream'
    await this.#client.request('PUT', path`/images/${id}/file`, {
      ...options,
      body: data,
      contentType,
      repeatable: false,
    })
  }

  /** The data as a stream; a stream that ends early or is broken off emits an error. Compare the hash. */
  async download(id: string, options: CallOptions = {}): Promise<Readable> {
    const accept = 'application/octet-stream'
    const reply = await this.#client.request('GET', path`/images/${id}/file`, { ...options, accept, stream: true })
    // 204 is Glance's answer for an image that has no data yet.
    if (reply.status === 204 || reply.body === undefined) {
      throw this.#client.error('NotFound', `image ${id} has no data`, {
        status: reply.status,
        requestId: reply.requestId,
      })
    }
    return reply.body
  }

  /** @throws OpenStackError `Forbidden` for a protected image, `Conflict` for one in use */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/images/${id}`, options)
  }
}
