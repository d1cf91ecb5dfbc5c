import { z } from 'zod'
import { quota, quotasOf, type Quota } from '../quota.ts'
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

export class NetworkQuotas {
  readonly #client: ServiceClient
  readonly #projectId: () => Promise<string>

  constructor(client: ServiceClient, projectId: () => Promise<string>) {
    this.#client = client
    this.#projectId = projectId
  }

  /** @param projectId default: this client's own; another one is for administrators */
  async show(projectId?: string, options: CallOptions = {}): Promise<NetworkQuota> {
    const id = projectId ?? (await this.#projectId())
    return this.#client.get(path`/quotas/${id}/details.json`, set, options)
  }
}
