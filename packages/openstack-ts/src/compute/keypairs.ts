import { z } from 'zod'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** A public key; keys belong to the user, not to the project. */
export interface Keypair {
  name: string
  publicKey: string
  fingerprint: string
}

const keypair = z
  .object({ keypair: z.object({ name: z.string(), public_key: z.string(), fingerprint: z.string() }) })
  .transform(({ keypair: body }): Keypair => ({
    name: body.name,
    publicKey: body.public_key,
    fingerprint: body.fingerprint,
  }))

export class Keypairs {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(options: PageOptions = {}): AsyncGenerator<Keypair, void, undefined> {
    return paginate(this.#client, '/os-keypairs', 'keypairs', keypair, {}, options)
  }

  show(name: string, options: CallOptions = {}): Promise<Keypair> {
    return this.#client.get(path`/os-keypairs/${name}`, keypair, options)
  }

  /** @throws OpenStackError `Conflict` if this user has a key of that name */
  create(name: string, publicKey: string, options: CallOptions = {}): Promise<Keypair> {
    return this.#client.post('/os-keypairs', { keypair: { name, public_key: publicKey } }, keypair, options)
  }

  async delete(name: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/os-keypairs/${name}`, options)
  }
}
