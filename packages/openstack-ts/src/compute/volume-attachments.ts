import { z } from 'zod'
import { flag, text } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** A volume of a server, as Nova has it. */
export interface ServerVolume {
  volumeId: string
  serverId: string
  /** `/dev/vda`; not what every guest calls it. */
  device: string | null
  /** Whether it is deleted with the server; known from 2.79 on. */
  deleteOnTermination: boolean | null
  /** From 2.70. */
  tag: string | null
}

export interface VolumeAttach {
  volumeId: string
  device?: string | undefined
  /** From 2.49. */
  tag?: string | undefined
  /** From 2.79. Default of Nova: false. */
  deleteOnTermination?: boolean | undefined
}

const attachment = z
  .object({ volumeId: z.string(), serverId: z.string(), device: text, delete_on_termination: flag, tag: text })
  .transform(({ delete_on_termination, ...body }): ServerVolume => ({
    ...body,
    deleteOnTermination: delete_on_termination,
  }))

const one = z.object({ volumeAttachment: attachment }).transform((body) => body.volumeAttachment)

export class VolumeAttachments {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(serverId: string, options: PageOptions = {}): AsyncGenerator<ServerVolume, void, undefined> {
    const at = path`/servers/${serverId}/os-volume_attachments`
    return paginate(this.#client, at, 'volumeAttachments', attachment, {}, options)
  }

  show(serverId: string, volumeId: string, options: CallOptions = {}): Promise<ServerVolume> {
    return this.#client.get(path`/servers/${serverId}/os-volume_attachments/${volumeId}`, one, options)
  }

  /** Asks for it; the volume is `in-use` some time after the reply. */
  attach(serverId: string, attach: VolumeAttach, options: CallOptions = {}): Promise<ServerVolume> {
    const { volumeId, device, tag, deleteOnTermination } = attach
    const volumeAttachment = { volumeId, device, tag, delete_on_termination: deleteOnTermination }
    return this.#client.post(path`/servers/${serverId}/os-volume_attachments`, { volumeAttachment }, one, options)
  }

  /**
   * Asks for it; the volume is `available` some time after the reply.
   *
   * @throws OpenStackError `Forbidden` for the volume that the server boots from
   */
  async detach(serverId: string, volumeId: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/servers/${serverId}/os-volume_attachments/${volumeId}`, options)
  }
}
