import { z } from 'zod'
import { quota, quotasOf, type Quota } from '../quota.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface BlockStorageQuota {
  volumes: Quota
  gigabytes: Quota
  snapshots: Quota
  /** By Cinder's names: `backups`, `per_volume_gigabytes`, and `volumes_<type>`, `gigabytes_<type>`, … of each volume type. */
  others: Record<string, Quota>
}

const set = z
  .object({ quota_set: z.looseObject({ volumes: quota, gigabytes: quota, snapshots: quota }) })
  .transform(({ quota_set: { volumes, gigabytes, snapshots, ...others } }): BlockStorageQuota => {
    return { volumes, gigabytes, snapshots, others: quotasOf(others) }
  })

export class VolumeQuotas {
  readonly #client: ServiceClient
  readonly #projectId: (options: CallOptions) => Promise<string>

  constructor(client: ServiceClient, projectId: (options: CallOptions) => Promise<string>) {
    this.#client = client
    this.#projectId = projectId
  }

  /** With what is used. @param projectId default: this client's own; another one is for administrators */
  async show(projectId?: string, options: CallOptions = {}): Promise<BlockStorageQuota> {
    const id = projectId ?? (await this.#projectId(options))
    return this.#client.get(path`/os-quota-sets/${id}`, set, { ...options, query: { usage: true } })
  }
}
