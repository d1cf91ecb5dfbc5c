import { z } from 'zod'
import { limitsBody, limitsOf, quota, quotasOf, type Quota, type QuotaLimits } from '../quota.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface ComputeQuota {
  instances: Quota
  cores: Quota
  ramMb: Quota
  /** By Nova's names: `key_pairs`, `server_groups`, …; what a release has. */
  others: Record<string, Quota>
}

const set = z
  .object({ quota_set: z.looseObject({ instances: quota, cores: quota, ram: quota }) })
  .transform(({ quota_set: { instances, cores, ram, ...others } }): ComputeQuota => {
    return { instances, cores, ramMb: ram, others: quotasOf(others) }
  })

const limits = z.object({ quota_set: z.record(z.string(), z.unknown()) }).transform((body) => limitsOf(body.quota_set))

/** https://docs.openstack.org/api-ref/compute/#quota-sets-os-quota-sets */
export class ComputeQuotas {
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
  async show(projectId?: string, options: CallOptions = {}): Promise<ComputeQuota> {
    return this.#client.get(`${await this.#at(projectId, options)}/detail`, set, options)
  }

  /** Limits alone, by Nova's names. */
  async limits(projectId?: string, options: CallOptions = {}): Promise<QuotaLimits> {
    return this.#client.get(await this.#at(projectId, options), limits, options)
  }

  /** What a project has whose quotas nobody set. */
  async defaults(projectId?: string, options: CallOptions = {}): Promise<QuotaLimits> {
    return this.#client.get(`${await this.#at(projectId, options)}/defaults`, limits, options)
  }

  /**
   * For administrators.
   *
   * @param change by Nova's names (`instances`, `cores`, `ram` in MB, `key_pairs`, …); null is no limit
   * @param force also below what is used
   */
  update(
    projectId: string,
    change: Readonly<Record<string, number | null>>,
    options: CallOptions & { force?: boolean | undefined } = {},
  ): Promise<QuotaLimits> {
    const { force, ...call } = options
    const body = { quota_set: { ...limitsBody(change), force } }
    return this.#client.put(path`/os-quota-sets/${projectId}`, body, limits, call)
  }

  /** Back to the defaults; for administrators. */
  async reset(projectId: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/os-quota-sets/${projectId}`, options)
  }

  async #at(projectId: string | undefined, options: CallOptions): Promise<string> {
    return path`/os-quota-sets/${projectId ?? (await this.#projectId(options))}`
  }
}
