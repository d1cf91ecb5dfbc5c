import { z } from 'zod'
import { resource, text, time, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface VolumeSnapshot extends Resource {
  id: string
  name: string | null
  description: string | null
  /** `creating`, `available`, `deleting`, `error`, `error_deleting`, … */
  status: string
  volumeId: string
  /** Of the volume when it was taken. */
  sizeGb: number
  metadata: Record<string, string>
  createdAt: string | null
  updatedAt: string | null
}

export interface SnapshotFilter {
  /** Exact. */
  name?: string | undefined
  status?: string | undefined
  volumeId?: string | undefined
}

export interface SnapshotCreate {
  volumeId: string
  name?: string | undefined
  description?: string | undefined
  metadata?: Readonly<Record<string, string>> | undefined
  /** Also while the volume is `in-use`; from 3.66 on always so. */
  force?: boolean | undefined
}

export interface SnapshotChange {
  name?: string | undefined
  description?: string | undefined
}

const snapshot = resource(
  {
    id: z.string(),
    name: text,
    description: text,
    status: z.string(),
    volume_id: z.string(),
    size: z.number(),
    metadata: z.record(z.string(), z.string()).nullish(),
    created_at: time,
    updated_at: time,
  },
  (body): Fields<VolumeSnapshot> => ({
    id: body.id,
    name: body.name || null,
    description: body.description || null,
    status: body.status,
    volumeId: body.volume_id,
    sizeGb: body.size,
    metadata: body.metadata ?? {},
    createdAt: body.created_at,
    updatedAt: body.updated_at,
  }),
)

const one = z.object({ snapshot }).transform((body) => body.snapshot)

/** https://docs.openstack.org/api-ref/block-storage/v3/#volume-snapshots-snapshots */
export class Snapshots {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** With all details. */
  list(filter: SnapshotFilter = {}, options: PageOptions = {}): AsyncGenerator<VolumeSnapshot, void, undefined> {
    const query = { name: filter.name, status: filter.status, volume_id: filter.volumeId }
    return paginate(this.#client, '/snapshots/detail', 'snapshots', snapshot, query, options)
  }

  show(id: string, options: CallOptions = {}): Promise<VolumeSnapshot> {
    return this.#client.get(path`/snapshots/${id}`, one, options)
  }

  create(create: SnapshotCreate, options: CallOptions = {}): Promise<VolumeSnapshot> {
    const { volumeId, name, description, metadata, force } = create
    const body = { volume_id: volumeId, name, description, metadata, force }
    return this.#client.post('/snapshots', { snapshot: body }, one, options)
  }

  update(id: string, change: SnapshotChange, options: CallOptions = {}): Promise<VolumeSnapshot> {
    return this.#client.put(path`/snapshots/${id}`, { snapshot: change }, one, options)
  }

  /** Asks for it; it is gone when {@link show} says so. @throws OpenStackError `BadRequest` while a volume builds on it */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/snapshots/${id}`, options)
  }

  /** In whatever state; for administrators. */
  forceDelete(id: string, options: CallOptions = {}): Promise<void> {
    return this.#act(id, { 'os-force_delete': {} }, options)
  }

  /** Rewrites Cinder's record only; for administrators. */
  resetStatus(id: string, status: string, options: CallOptions = {}): Promise<void> {
    return this.#act(id, { 'os-reset_status': { status } }, options)
  }

  async #act(id: string, json: object, options: CallOptions): Promise<void> {
    await this.#client.request('POST', path`/snapshots/${id}/action`, { ...options, json })
  }
}
