import { z } from 'zod'
import { Secret } from '../cloud-config/secret.ts'
import { resource, text, time, type Fields, type Resource } from '../schema.ts'
import { settledMicroversion } from '../settled-microversion.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { Query } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** A public key; keys belong to the user, not to the project. */
export interface Keypair extends Resource {
  name: string
  publicKey: string
  fingerprint: string
  /** `ssh` or `x509`; from 2.2. */
  type: string | null
  /** Null in lists. */
  userId: string | null
  /** Null in lists. */
  createdAt: string | null
}

export interface KeypairOptions extends CallOptions {
  /** Another user's: for administrators; from 2.10. */
  userId?: string | undefined
}

export interface KeypairCreateOptions extends KeypairOptions {
  /** Default of Nova: `ssh`; from 2.2. */
  type?: 'ssh' | 'x509' | undefined
}

const fields = {
  name: z.string(),
  public_key: z.string(),
  fingerprint: z.string(),
  type: text,
  user_id: text,
  created_at: time,
}

const view = (body: z.output<z.ZodObject<typeof fields>>): Fields<Keypair> => ({
  name: body.name,
  publicKey: body.public_key,
  fingerprint: body.fingerprint,
  type: body.type,
  userId: body.user_id,
  createdAt: body.created_at,
})

const one = z.object({ keypair: resource(fields, view) }).transform((body) => body.keypair)

const generated = resource({ ...fields, private_key: z.string() }, ({ private_key, ...body }) => ({
  ...view(body),
  privateKey: new Secret(private_key),
}))
const withPrivateKey = z.object({ keypair: generated }).transform((body) => body.keypair)

/** https://docs.openstack.org/api-ref/compute/#keypairs-keypairs */
export class Keypairs {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** In pages from 2.35. */
  async *list(options: PageOptions & KeypairOptions = {}): AsyncGenerator<Keypair, void, undefined> {
    const { call, query } = await this.#ofUser(options)
    yield* paginate(this.#client, '/os-keypairs', 'keypairs', one, query, call)
  }

  async show(name: string, options: KeypairOptions = {}): Promise<Keypair> {
    const { call, query } = await this.#ofUser(options)
    return this.#client.get(path`/os-keypairs/${name}`, one, { ...call, query })
  }

  /** @throws OpenStackError `Conflict` if this user has a key of that name */
  async create(name: string, publicKey: string, options: KeypairCreateOptions = {}): Promise<Keypair> {
    const { type, ...rest } = options
    const { call, query } = await this.#ofUser(rest)
    const keypair = { name, public_key: publicKey, type, ...query }
    return this.#client.post('/os-keypairs', { keypair }, one, call)
  }

  /**
   * A pair of Nova's making; the private key is told this once. Until 2.91: newer Novas make none.
   *
   * @throws OpenStackError `MicroversionUnsupported` from 2.92 on
   */
  async generate(name: string, options: KeypairOptions = {}): Promise<Keypair & { privateKey: Secret }> {
    const { call, query } = await this.#ofUser(options)
    const microversion = await settledMicroversion(this.#client, call)
    microversion.endsBefore('2.92', 'a key pair of Nova’s making')
    return this.#client.post('/os-keypairs', { keypair: { name, ...query } }, withPrivateKey, call)
  }

  async delete(name: string, options: KeypairOptions = {}): Promise<void> {
    const { call, query } = await this.#ofUser(options)
    await this.#client.delete(path`/os-keypairs/${name}`, { ...call, query })
  }

  /** Before 2.10 Nova would take one's own keys for those of the other. */
  async #ofUser<O extends KeypairOptions>(options: O): Promise<{ call: Omit<O, 'userId'>; query: Query }> {
    const { userId, ...call } = options
    if (userId !== undefined) (await settledMicroversion(this.#client, call)).needs('2.10', 'keys of another user')
    return { call, query: { user_id: userId } }
  }
}
