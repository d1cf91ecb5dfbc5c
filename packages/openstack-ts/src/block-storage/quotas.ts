import { z } from 'zod'
import { limitsBody, limitsOf, quota, quotasOf, type Quota, type QuotaLimits } from '../quota.ts'
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

const limits = z.object({ quota_set: z.record(z.string(), z.unknown()) }).transform((body) => limitsOf(body.quota_set))

/** https://docs.openstack.org/api-ref/block-storage/v3/#quota-sets-extension-os-quota-sets */
export class VolumeQuotas {
  readonly #client: ServiceClient
  readonly #projectId: (options: CallOptions) => Promise<string>

  constructor(client: ServiceClient, projectId: (options: CallOptions) => Promise<string>) {
    this.#client = client
    this.#projectId = projectId
  }

  /**
   * Limits with what is used and reserved.
   *
   * @param projectId default: this client's own; another one is for administrators
   */
  async show(projectId?: string, options: CallOptions = {}): Promise<BlockStorageQuota> {
    const id = projectId ?? (await this.#projectId(options))
    return this.#client.get(path`/os-quota-sets/${id}`, set, { ...options, query: { usage: true } })
  }

  /** Limits alone, by Cinder's names. */
  async limits(projectId?: string, options: CallOptions = {}): Promise<QuotaLimits> {
    const id = projectId ?? (await this.#projectId(options))
    return this.#client.get(path`/os-quota-sets/${id}`, limits, options)
  }

  /** What a project has whose quotas nobody set. */
  async defaults(projectId?: string, options: CallOptions = {}): Promise<QuotaLimits> {
    const id = projectId ?? (await this.#projectId(options))
    return this.#client.get(path`/os-quota-sets/${id}/defaults`, limits, options)
  }

  /**
   * For administrators.
   *
   * @param change by Cinder's names (`volumes`, `gigabytes`, `gigabytes_<type>`, …); null is no limit
   */
  update(
    projectId: string,
    change: Readonly<Record<string, number | null>>,
    options: CallOptions = {},
  ): Promise<QuotaLimits> {
    return this.#client.put(path`/os-quota-sets/${projectId}`, { quota_set: limitsBody(change) }, limits, options)
  }

  /** Back to the defaults; for administrators. */
  async reset(projectId: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/os-quota-sets/${projectId}`, options)
  }
}
