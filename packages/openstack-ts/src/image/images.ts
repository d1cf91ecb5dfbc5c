import { Readable } from 'node:stream'
import { collect, paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { imageDetails, type ImageDetails, type ImageVisibility } from './image-details.ts'
import { importBody, type ImageImport } from './image-import.ts'
import type { JsonPatch } from './json-patch.ts'
import type { Transferred } from './metered.ts'
import { openData, type DownloadOptions } from './open-data.ts'
import { sendData, type UploadOptions } from './send-data.ts'
import { wholeData, type WholeDownloadOptions } from './whole-data.ts'

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
  /** Hidden images instead of the others. */
  hidden?: boolean | undefined
  protected?: boolean | undefined
  /** E.g. `created_at:desc`, which is Glance's default. */
  sort?: string | undefined
}

export interface ImageCreate {
  /** Of Glance's choice by default; a UUID that no image has had. */
  id?: string | undefined
  name?: string | undefined
  /** `raw`, `qcow2`, `vmdk`, `iso`, … */
  diskFormat: string
  /** Default `bare`. */
  containerFormat?: string | undefined
  visibility?: ImageVisibility | undefined
  minDiskGb?: number | undefined
  minRamMb?: number | undefined
  protected?: boolean | undefined
  /** Left out of lists that do not ask for it. */
  hidden?: boolean | undefined
  /** Id of another project: for administrators. */
  owner?: string | undefined
  tags?: readonly string[] | undefined
  /** Further properties, all text. */
  properties?: Readonly<Record<string, string>> | undefined
}

/** https://docs.openstack.org/api-ref/image/v2/#images */
export class Images {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(filter: ImageFilter = {}, options: PageOptions = {}): AsyncGenerator<ImageDetails, void, undefined> {
    const { name, memberStatus, hidden, ...same } = filter
    // Glance reads `in:a,b` as a list of names: one name that looks like it goes as a list of one, quoted.
    const exact = name?.startsWith('in:') ? `in:"${name}"` : name
    return paginate(
      this.#client,
      '/images',
      'images',
      imageDetails,
      { ...same, name: exact, member_status: memberStatus, os_hidden: hidden },
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
      id: image.id,
      name: image.name,
      disk_format: image.diskFormat,
      container_format: image.containerFormat ?? 'bare',
      visibility: image.visibility,
      min_disk: image.minDiskGb,
      min_ram: image.minRamMb,
      protected: image.protected,
      os_hidden: image.hidden,
      owner: image.owner,
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
   * caller has to look at. Compare the hash of what was sent with {@link sameData}.
   */
  async upload(id: string, data: Readable | Uint8Array, options: UploadOptions = {}): Promise<Transferred> {
    await this.#needsQueued(id, options)
    return sendData(this.#client, path`/images/${id}/file`, data, options)
  }

  /** Sends the data of a queued image to be imported with `glance-direct`. From API version 2.6. */
  async stage(id: string, data: Readable | Uint8Array, options: UploadOptions = {}): Promise<Transferred> {
    await this.#needsQueued(id, options)
    return sendData(this.#client, path`/images/${id}/stage`, data, options)
  }

  /**
   * Asks for it; the image is `active` some time after the reply, and what happens meanwhile is in its tasks. From API
   * version 2.6.
   *
   * @throws OpenStackError `Conflict` if the image is not in the state that the method needs, or a store is not known
   */
  async import(id: string, wish: ImageImport, options: CallOptions = {}): Promise<void> {
    await this.#client.request('POST', path`/images/${id}/import`, { ...options, json: importBody(wish) })
  }

  /** The data as a stream; a stream that ends early or is broken off emits an error. Compare the hash. */
  download(id: string, options: DownloadOptions = {}): Promise<Readable> {
    return openData(this.#client, id, options)
  }

  /**
   * The data as a stream that goes on by itself where it broke off, and ends with an error (`BadReply`) if size or hash
   * are not those that Glance has: what was received is worth nothing before the stream has ended.
   */
  async downloadWhole(id: string, options: WholeDownloadOptions = {}): Promise<Readable> {
    const { onProgress: _, resumes: __, resumeDelayMs: ___, ...call } = options
    const image = await this.show(id, call)
    return Readable.from(wholeData(this.#client, image, options), { objectMode: false })
  }

  /** Nobody but administrators can download it or boot from it then. For administrators by default. */
  async deactivate(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.request('POST', path`/images/${id}/actions/deactivate`, options)
  }

  /** For administrators by default. */
  async reactivate(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.request('POST', path`/images/${id}/actions/reactivate`, options)
  }

  /**
   * Takes the data out of one store; the image has them in others.
   *
   * @throws OpenStackError `Forbidden` if it is the only one
   */
  async deleteFromStore(id: string, store: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/stores/${store}/${id}`, options)
  }

  /** @throws OpenStackError `Forbidden` for a protected image, `Conflict` for one in use */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/images/${id}`, options)
  }

  /** Also makes sure that the token is accepted, since a stream can be sent only once. */
  async #needsQueued(id: string, { signal, timeoutMs, timeouts, requestId }: CallOptions): Promise<void> {
    const { status } = await this.show(id, { signal, timeoutMs, timeouts, requestId })
    if (status === 'queued') return
    throw this.#client.error('Conflict', `image ${id} is ${status}: data can only be uploaded to a queued one`)
  }
}
