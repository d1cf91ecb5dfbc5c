import { z } from 'zod'
import { flag, resource, text, type Fields, type Resource } from '../schema.ts'
import { settledMicroversion } from '../settled-microversion.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** A volume of a server, as Nova has it. */
export interface ServerVolume extends Resource {
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

const attachment = resource(
  { volumeId: z.string(), serverId: z.string(), device: text, delete_on_termination: flag, tag: text },
  ({ delete_on_termination, ...body }): Fields<ServerVolume> => ({
    ...body,
    deleteOnTermination: delete_on_termination,
  }),
)

const one = z.object({ volumeAttachment: attachment }).transform((body) => body.volumeAttachment)

/** https://docs.openstack.org/api-ref/compute/#servers-with-volume-attachments-servers-os-volume-attachments */
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
  async attach(serverId: string, attach: VolumeAttach, options: CallOptions = {}): Promise<ServerVolume> {
    const { volumeId, device, tag, deleteOnTermination } = attach
    const microversion = await settledMicroversion(this.#client, options)
    if (tag !== undefined) microversion.needs('2.49', 'the tag of a volume')
    if (deleteOnTermination !== undefined) microversion.needs('2.79', 'whether a volume is deleted with its server')
    const volumeAttachment = { volumeId, device, tag, delete_on_termination: deleteOnTermination }
    return this.#client.post(path`/servers/${serverId}/os-volume_attachments`, { volumeAttachment }, one, options)
  }

  /** Whether the volume goes with the server. From 2.85. */
  async setDeleteOnTermination(
    serverId: string,
    volumeId: string,
    deleteOnTermination: boolean,
    options: CallOptions = {},
  ): Promise<void> {
    const microversion = await settledMicroversion(this.#client, options)
    microversion.needs('2.85', 'to change whether a volume is deleted with its server')
    const volumeAttachment = { volumeId, delete_on_termination: deleteOnTermination }
    await this.#put(serverId, volumeId, volumeAttachment, options)
  }

  /** Puts another volume in its place, with the data copied; for administrators, or rather for Cinder. */
  async swap(serverId: string, volumeId: string, newVolumeId: string, options: CallOptions = {}): Promise<void> {
    await this.#put(serverId, volumeId, { volumeId: newVolumeId }, options)
  }

  /**
   * Asks for it; the volume is `available` some time after the reply.
   *
   * @throws OpenStackError `Forbidden` for the volume that the server boots from
   */
  async detach(serverId: string, volumeId: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/servers/${serverId}/os-volume_attachments/${volumeId}`, options)
  }

  async #put(serverId: string, volumeId: string, volumeAttachment: object, options: CallOptions): Promise<void> {
    const at = path`/servers/${serverId}/os-volume_attachments/${volumeId}`
    await this.#client.request('PUT', at, { ...options, json: { volumeAttachment } })
  }
}
