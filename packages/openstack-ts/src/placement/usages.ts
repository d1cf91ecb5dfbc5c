import { z } from 'zod'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { resources, type Resources } from './resources.ts'

const usages = z.object({ usages: resources }).transform((body) => body.usages)

/** https://docs.openstack.org/api-ref/placement/#usages */
export class ProjectUsages {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** What a project, or a user in it, holds in all. */
  show(projectId: string, userId?: string, options: CallOptions = {}): Promise<Resources> {
    return this.#client.get('/usages', usages, { ...options, query: { project_id: projectId, user_id: userId } })
  }
}
