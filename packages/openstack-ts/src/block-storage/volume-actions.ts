import { z } from 'zod'
import { settledMicroversion } from '../settled-microversion.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** The image that is made of a volume. */
export interface VolumeUpload {
  name: string
  /** Default of Cinder: `raw`. */
  diskFormat?: string | undefined
  /** Default of Cinder: `bare`. */
  containerFormat?: string | undefined
  /** From 3.1. */
  visibility?: 'private' | 'shared' | 'community' | 'public' | undefined
  /** From 3.1. */
  protected?: boolean | undefined
  /** Also while the volume is `in-use`, if the cloud allows it at all. */
  force?: boolean | undefined
}

const uploading = z
  .object({ 'os-volume_upload_image': z.object({ image_id: z.string() }) })
  .transform((body) => ({ imageId: body['os-volume_upload_image'].image_id }))

/** What Cinder calls actions: all are accepted at once and done later. https://docs.openstack.org/api-ref/block-storage/v3/#volume-actions-volumes-action */
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

  /** @param migrate whether its data may be moved for it. Default: no, which is refused if it would be needed */
  retype(id: string, volumeType: string, migrate = false, options: CallOptions = {}): Promise<void> {
    const argument = { new_type: volumeType, migration_policy: migrate ? 'on-demand' : 'never' }
    return this.run(id, 'os-retype', argument, options)
  }

  /** To its newest snapshot; from 3.40. */
  async revert(id: string, snapshotId: string, options: CallOptions = {}): Promise<void> {
    const microversion = await settledMicroversion(this.#client, options)
    microversion.needs('3.40', 'to revert a volume')
    return this.run(id, 'revert', { snapshot_id: snapshotId }, options)
  }

  /** Makes an image of it; wait until that is `active`. */
  async uploadToImage(id: string, upload: VolumeUpload, options: CallOptions = {}): Promise<{ imageId: string }> {
    const { name, diskFormat, containerFormat, visibility, force } = upload
    const microversion = await settledMicroversion(this.#client, options)
    if (visibility !== undefined) microversion.needs('3.1', 'the visibility of an image of a volume')
    if (upload.protected !== undefined) microversion.needs('3.1', 'a protected image of a volume')
    const argument = {
      image_name: name,
      disk_format: diskFormat,
      container_format: containerFormat,
      visibility,
      protected: upload.protected,
      force,
    }
    return this.#client.post(path`/volumes/${id}/action`, { 'os-volume_upload_image': argument }, uploading, options)
  }

  /** Rewrites Cinder's record only; for administrators. */
  resetStatus(id: string, status: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'os-reset_status', { status }, options)
  }

  /** Any other action, by Cinder's name for it. */
  async run(id: string, action: string, argument: unknown, options: CallOptions = {}): Promise<void> {
    await this.#client.request('POST', path`/volumes/${id}/action`, { ...options, json: { [action]: argument } })
  }
}
