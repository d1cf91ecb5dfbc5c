import { z } from 'zod'
import { resource, text, type Fields, type Resource } from '../schema.ts'
import { isNotFound } from '../error/predicates.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** Neutron tells by extensions, not by microversions, what it can do. */
export interface NetworkExtension extends Resource {
  /** `router`, `allowed-address-pairs`, `quota_details`, … */
  alias: string
  name: string
  description: string | null
}

const extension = resource(
  { alias: z.string(), name: z.string(), description: text },
  ({ alias, name, description }): Fields<NetworkExtension> => ({ alias, name, description }),
)
const one = z.object({ extension }).transform((body) => body.extension)
const all = z.object({ extensions: z.array(extension) }).transform((body) => body.extensions)

/** https://docs.openstack.org/api-ref/network/v2/#extensions */
export class NetworkExtensions {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(options: CallOptions = {}): Promise<NetworkExtension[]> {
    return this.#client.get('/extensions', all, options)
  }

  show(alias: string, options: CallOptions = {}): Promise<NetworkExtension> {
    return this.#client.get(path`/extensions/${alias}`, one, options)
  }

  async has(alias: string, options: CallOptions = {}): Promise<boolean> {
    try {
      await this.show(alias, options)
      return true
    } catch (error) {
      if (isNotFound(error)) return false
      throw error
    }
  }
}
