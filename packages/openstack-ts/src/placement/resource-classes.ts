import { z } from 'zod'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

const classes = z
  .object({ resource_classes: z.array(z.object({ name: z.string() })) })
  .transform((body) => body.resource_classes.map(({ name }) => name))

/** What resources can be called. https://docs.openstack.org/api-ref/placement/#resource-classes */
export class ResourceClasses {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** `VCPU`, `MEMORY_MB`, `CUSTOM_…` */
  list(options: CallOptions = {}): Promise<string[]> {
    return this.#client.get('/resource_classes', classes, options)
  }
}
