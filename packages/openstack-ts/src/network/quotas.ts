import { z } from 'zod'
import { limitsBody, limitsOf, quota, quotasOf, type Quota, type QuotaLimits } from '../quota.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface NetworkQuota {
  ports: Quota
  floatingIps: Quota
  /** By Neutron's names: `network`, `security_group`, …; what a cloud has. */
  others: Record<string, Quota>
}

const set = z
  .object({ quota: z.looseObject({ port: quota, floatingip: quota }) })
  .transform(({ quota: { port, floatingip, ...others } }): NetworkQuota => {
    return { ports: port, floatingIps: floatingip, others: quotasOf(others) }
  })

const limits = z.object({ quota: z.record(z.string(), z.unknown()) }).transform((body) => limitsOf(body.quota))

/** https://docs.openstack.org/api-ref/network/v2/#quotas-extension-quotas */
export class NetworkQuotas {
  readonly #client: ServiceClient
  readonly #projectId: (options: CallOptions) => Promise<string>

  constructor(client: ServiceClient, projectId: (options: CallOptions) => Promise<string>) {
    this.#client = client
    this.#projectId = projectId
  }

  /**
   * Limits with what is used; needs Neutron's extension `quota_details`.
   *
   * @param projectId default: this client's own; another one is for administrators
   */
  async show(projectId?: string, options: CallOptions = {}): Promise<NetworkQuota> {
    const id = projectId ?? (await this.#projectId(options))
    return this.#client.get(path`/quotas/${id}/details.json`, set, options)
  }

  /**
   * Limits alone, by Neutron's names.
   *
   * @param projectId default: this client's own
   */
  async limits(projectId?: string, options: CallOptions = {}): Promise<QuotaLimits> {
    return this.#client.get(path`/quotas/${projectId ?? (await this.#projectId(options))}`, limits, options)
  }

  /** What a project has whose quotas nobody set. */
  async defaults(projectId?: string, options: CallOptions = {}): Promise<QuotaLimits> {
    return this.#client.get(path`/quotas/${projectId ?? (await this.#projectId(options))}/default`, limits, options)
  }

  /**
   * For administrators.
   *
   * @param change by Neutron's names (`port`, `floatingip`, `network`, `security_group_rule`, …); null is no limit
   */
  update(
    projectId: string,
    change: Readonly<Record<string, number | null>>,
    options: CallOptions = {},
  ): Promise<QuotaLimits> {
    return this.#client.put(path`/quotas/${projectId}`, { quota: limitsBody(change) }, limits, options)
  }

  /** Back to the defaults; for administrators. */
  async reset(projectId: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/quotas/${projectId}`, options)
  }
}
