import { z } from 'zod'
import { settledMicroversion } from '../settled-microversion.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { volume, type Volume } from './volume.ts'

export interface VolumeFilter {
  /** Exact; several volumes may have one name. */
  name?: string | undefined
  status?: string | undefined
  bootable?: boolean | undefined
  /** All of these keys with these values. */
  metadata?: Readonly<Record<string, string>> | undefined
  /** Of every project: for administrators. */
  allProjects?: boolean | undefined
  /** With `allProjects`. */
  projectId?: string | undefined
}

export interface VolumeCreate {
  sizeGb: number
  name?: string | undefined
  description?: string | undefined
  /** Name or id of a volume type. */
  volumeType?: string | undefined
  availabilityZone?: string | undefined
  metadata?: Readonly<Record<string, string>> | undefined
  /** What it is filled with: at most one of these. */
  imageId?: string | undefined
  snapshotId?: string | undefined
  sourceVolumeId?: string | undefined
  /** From 3.47. */
  backupId?: string | undefined
  /** E.g. `{ different_host: ['<volume id>'] }`. */
  schedulerHints?: Readonly<Record<string, unknown>> | undefined
}

export interface VolumeChange {
  name?: string | undefined
  description?: string | undefined
  /** Added to what there is, or replacing it key by key. */
  metadata?: Readonly<Record<string, string>> | undefined
}

export interface VolumeDeletion {
  /** With its snapshots. */
  cascade?: boolean | undefined
  /** In whatever state; for administrators, from 3.23. */
  force?: boolean | undefined
}

const one = z.object({ volume }).transform((body) => body.volume)

/** https://docs.openstack.org/api-ref/block-storage/v3/#volumes-volumes */
export class Volumes {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** With all details. */
  list(filter: VolumeFilter = {}, options: PageOptions = {}): AsyncGenerator<Volume, void, undefined> {
    const query = {
      name: filter.name,
      status: filter.status,
      bootable: filter.bootable,
      // Cinder reads a Python dictionary here, which JSON is as long as its values are texts.
      metadata: filter.metadata === undefined ? undefined : JSON.stringify(filter.metadata),
      all_tenants: filter.allProjects === true ? '1' : undefined,
      project_id: filter.projectId,
    }
    return paginate(this.#client, '/volumes/detail', 'volumes', volume, query, options)
  }

  /** @throws OpenStackError `NotFound` once it is gone */
  show(id: string, options: CallOptions = {}): Promise<Volume> {
    return this.#client.get(path`/volumes/${id}`, one, options)
  }

  /** Asks for a volume; it is `available` some time after the reply. */
  async create(create: VolumeCreate, options: CallOptions = {}): Promise<Volume> {
    if (create.backupId !== undefined) {
      const microversion = await settledMicroversion(this.#client, options)
      microversion.needs('3.47', 'a volume made of a backup')
    }
    const body = {
      size: create.sizeGb,
      name: create.name,
      description: create.description,
      volume_type: create.volumeType,
      availability_zone: create.availabilityZone,
      metadata: create.metadata,
      imageRef: create.imageId,
      snapshot_id: create.snapshotId,
      source_volid: create.sourceVolumeId,
      backup_id: create.backupId,
    }
    const hints = create.schedulerHints === undefined ? {} : { 'OS-SCH-HNT:scheduler_hints': create.schedulerHints }
    return this.#client.post('/volumes', { volume: body, ...hints }, one, options)
  }

  update(id: string, { name, description, metadata }: VolumeChange, options: CallOptions = {}): Promise<Volume> {
    return this.#client.put(path`/volumes/${id}`, { volume: { name, description, metadata } }, one, options)
  }

  /**
   * Asks for its deletion; it is gone when {@link show} says so.
   *
   * @throws OpenStackError `BadRequest` (not `Conflict`) while it is attached, being detached or has snapshots; `NotFound`
   * if it is gone
   */
  async delete(id: string, { cascade, force }: VolumeDeletion = {}, options: CallOptions = {}): Promise<void> {
    if (force === true) (await settledMicroversion(this.#client, options)).needs('3.23', 'to force a deletion')
    await this.#client.delete(path`/volumes/${id}`, { ...options, query: { cascade, force } })
  }
}
