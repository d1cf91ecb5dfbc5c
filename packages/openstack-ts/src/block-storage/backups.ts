import { z } from 'zod'
import { flag, number, resource, text, time, type Fields, type Resource } from '../schema.ts'
import { settledMicroversion } from '../settled-microversion.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** A copy of a volume's data elsewhere; not every cloud has a service for it. */
export interface VolumeBackup extends Resource {
  id: string
  name: string | null
  description: string | null
  /** `creating`, `available`, `deleting`, `error`, `restoring`, `error_restoring`, … */
  status: string
  volumeId: string
  /** If it was made of a snapshot. */
  snapshotId: string | null
  sizeGb: number | null
  incremental: boolean
  /** It cannot be deleted before those that build on it. */
  hasDependents: boolean
  /** Why it is in `error`. */
  failReason: string | null
  createdAt: string | null
  updatedAt: string | null
}

export interface BackupFilter {
  /** Exact. */
  name?: string | undefined
  status?: string | undefined
  volumeId?: string | undefined
}

export interface BackupCreate {
  volumeId: string
  name?: string | undefined
  description?: string | undefined
  /** Of this snapshot of the volume. */
  snapshotId?: string | undefined
  /** Only what has changed since the last one. */
  incremental?: boolean | undefined
  /** Also while the volume is `in-use`. */
  force?: boolean | undefined
  /** From 3.43. */
  metadata?: Readonly<Record<string, string>> | undefined
}

const backup = resource(
  {
    id: z.string(),
    name: text,
    description: text,
    status: z.string(),
    volume_id: z.string(),
    snapshot_id: text,
    size: number,
    is_incremental: flag,
    has_dependent_backups: flag,
    fail_reason: text,
    created_at: time,
    updated_at: time,
  },
  (body): Fields<VolumeBackup> => ({
    id: body.id,
    name: body.name || null,
    description: body.description || null,
    status: body.status,
    volumeId: body.volume_id,
    snapshotId: body.snapshot_id,
    sizeGb: body.size,
    incremental: body.is_incremental ?? false,
    hasDependents: body.has_dependent_backups ?? false,
    failReason: body.fail_reason || null,
    createdAt: body.created_at,
    updatedAt: body.updated_at,
  }),
)

const one = z.object({ backup }).transform((body) => body.backup)
const created = z.object({ backup: z.object({ id: z.string() }) }).transform((body) => body.backup)
const restored = z
  .object({ restore: z.object({ volume_id: z.string() }) })
  .transform((body) => ({ volumeId: body.restore.volume_id }))

/** https://docs.openstack.org/api-ref/block-storage/v3/#backups-backups */
export class VolumeBackups {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** With all details. */
  list(filter: BackupFilter = {}, options: PageOptions = {}): AsyncGenerator<VolumeBackup, void, undefined> {
    const query = { name: filter.name, status: filter.status, volume_id: filter.volumeId }
    return paginate(this.#client, '/backups/detail', 'backups', backup, query, options)
  }

  show(id: string, options: CallOptions = {}): Promise<VolumeBackup> {
    return this.#client.get(path`/backups/${id}`, one, options)
  }

  /** Asks for it; it is `available` some time after the reply. */
  async create(create: BackupCreate, options: CallOptions = {}): Promise<{ id: string }> {
    const { volumeId, snapshotId, metadata, ...same } = create
    if (metadata !== undefined) {
      const microversion = await settledMicroversion(this.#client, options)
      microversion.needs('3.43', 'metadata of a backup')
    }
    const body = { ...same, volume_id: volumeId, snapshot_id: snapshotId, metadata }
    return this.#client.post('/backups', { backup: body }, created, options)
  }

  /**
   * Asks for it; the volume is `restoring-backup` meanwhile.
   *
   * @param volumeId an `available` volume that is large enough, whose data are lost. Default: a new one
   */
  restore(id: string, volumeId?: string, options: CallOptions = {}): Promise<{ volumeId: string }> {
    return this.#client.post(path`/backups/${id}/restore`, { restore: { volume_id: volumeId } }, restored, options)
  }

  /** @throws OpenStackError `BadRequest` while others build on it */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/backups/${id}`, options)
  }
}
