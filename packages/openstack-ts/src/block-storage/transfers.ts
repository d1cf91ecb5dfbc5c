import { z } from 'zod'
import { Secret } from '../cloud-config/secret.ts'
import { resource, text, time, type Fields, type Resource } from '../schema.ts'
import { settledMicroversion } from '../settled-microversion.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** The offer of a volume to whoever knows id and key, of whatever project. */
export interface VolumeTransfer extends Resource {
  id: string
  name: string | null
  volumeId: string
  createdAt: string | null
}

const fields = { id: z.string(), name: text, volume_id: z.string(), created_at: time }

const view = (body: z.output<z.ZodObject<typeof fields>>): Fields<VolumeTransfer> => {
  return { id: body.id, name: body.name || null, volumeId: body.volume_id, createdAt: body.created_at }
}

const transfer = resource(fields, view)
const one = z.object({ transfer }).transform((body) => body.transfer)

const secretive = resource({ ...fields, auth_key: z.string() }, ({ auth_key, ...body }) => ({
  ...view(body),
  key: new Secret(auth_key),
}))
const created = z.object({ transfer: secretive }).transform((body) => body.transfer)
const accepted = z
  .object({ transfer: z.object({ volume_id: z.string() }) })
  .transform((body) => ({ volumeId: body.transfer.volume_id }))

/** https://docs.openstack.org/api-ref/block-storage/v3/#volume-transfers-volume-transfers-3-55-or-later */
export class VolumeTransfers {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  async *list(options: PageOptions = {}): AsyncGenerator<VolumeTransfer, void, undefined> {
    yield* paginate(this.#client, `${await this.#at(options)}/detail`, 'transfers', transfer, {}, options)
  }

  async show(id: string, options: CallOptions = {}): Promise<VolumeTransfer> {
    return this.#client.get(`${await this.#at(options)}${path`/${id}`}`, one, options)
  }

  /**
   * Offers an `available` volume, which is `awaiting-transfer` then. Its snapshots go with it from 3.55 on; before, it must
   * have none. The key is told this once.
   */
  async create(volumeId: string, name?: string, options: CallOptions = {}): Promise<VolumeTransfer & { key: Secret }> {
    return this.#client.post(await this.#at(options), { transfer: { volume_id: volumeId, name } }, created, options)
  }

  /** Takes the volume into one's own project. */
  async accept(id: string, key: Secret, options: CallOptions = {}): Promise<{ volumeId: string }> {
    const at = `${await this.#at(options)}${path`/${id}/accept`}`
    return this.#client.post(at, { accept: { auth_key: key.reveal() } }, accepted, options)
  }

  /** Takes the offer back. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(`${await this.#at(options)}${path`/${id}`}`, options)
  }

  async #at(options: CallOptions): Promise<string> {
    const microversion = await settledMicroversion(this.#client, options)
    return microversion.has('3.55') ? '/volume-transfers' : '/os-volume-transfer'
  }
}
