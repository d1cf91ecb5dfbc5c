import { z } from 'zod'
import { quota, quotasOf, type Quota } from '../quota.ts'
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

export class ComputeQuotas {
  readonly #client: ServiceClient
  readonly #projectId: () => Promise<string>

  constructor(client: ServiceClient, projectId: () => Promise<string>) {
    this.#client = client
    this.#projectId = projectId
  }

  /** @param projectId default: this client's own; another one is for administrators */
  async show(projectId?: string, options: CallOptions = {}): Promise<ComputeQuota> {
    const id = projectId ?? (await this.#projectId())
    return this.#client.get(path`/os-quota-sets/${id}/detail`, set, options)
  }
}
