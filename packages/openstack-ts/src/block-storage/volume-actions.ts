import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** What Cinder calls actions: all are accepted at once and done later. */
export class VolumeActions {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** Deletes it in whatever state, `error_deleting` too. By default for administrators only. */
  forceDelete(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'os-force_delete', {}, options)
  }

  /** One that is `in-use` too, from 3.42. */
  extend(id: string, sizeGb: number, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'os-extend', { new_size: sizeGb }, options)
  }

  setBootable(id: string, bootable: boolean, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'os-set_bootable', { bootable }, options)
  }

  /** Any other action, by Cinder's name for it. */
  async run(id: string, action: string, argument: unknown, options: CallOptions = {}): Promise<void> {
    await this.#client.request('POST', path`/volumes/${id}/action`, { ...options, json: { [action]: argument } })
  }
}
