import { z } from 'zod'
import { settledMicroversion } from '../settled-microversion.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import type { HttpReply } from '../transport/transport.ts'
import { rebuildBody, type ServerRebuild } from './server-rebuild.ts'

const ID_AT_END = /\/images\/([^/?#]+)\/?$/

const password = z.object({ adminPass: z.string().optional() }).transform((body) => body.adminPass ?? null)

/** What Nova calls actions: all are accepted at once and done later. https://docs.openstack.org/api-ref/compute/#servers-run-an-action-servers-action */
export class ServerActions {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  stop(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'os-stop', null, options)
  }

  start(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'os-start', null, options)
  }

  reboot(id: string, type: 'SOFT' | 'HARD', options: CallOptions = {}): Promise<void> {
    return this.run(id, 'reboot', { type }, options)
  }

  pause(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'pause', null, options)
  }

  unpause(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'unpause', null, options)
  }

  suspend(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'suspend', null, options)
  }

  resume(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'resume', null, options)
  }

  /** Keeps its disk as an image; how long its host keeps it as well is the cloud's configuration. */
  shelve(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'shelve', null, options)
  }

  /** Takes a shelved server off its host; for administrators. */
  shelveOffload(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'shelveOffload', null, options)
  }

  /** @param availabilityZone of an offloaded server only; from 2.77 */
  async unshelve(id: string, availabilityZone?: string, options: CallOptions = {}): Promise<void> {
    if (availabilityZone === undefined) return this.run(id, 'unshelve', null, options)
    const microversion = await settledMicroversion(this.#client, options)
    microversion.needs('2.77', 'unshelving into a zone')
    return this.run(id, 'unshelve', { availability_zone: availabilityZone }, options)
  }

  /**
   * Boots from another image, with the server's own disk beside it.
   *
   * @param imageId default: the server's own image
   * @returns the password, null if the cloud sets none
   */
  async rescue(id: string, imageId?: string, options: CallOptions = {}): Promise<{ adminPassword: string | null }> {
    const reply = await this.#post(id, 'rescue', imageId === undefined ? null : { rescue_image_ref: imageId }, options)
    return { adminPassword: this.#client.parse(reply, password, 'POST', path`/servers/${id}/action`) }
  }

  unrescue(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'unrescue', null, options)
  }

  /** Ends in `VERIFY_RESIZE`, from where it is confirmed or reverted. */
  resize(id: string, flavorId: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'resize', { flavorRef: flavorId }, options)
  }

  /**
   * Makes its root disk anew from an image. Name, addresses and volumes stay.
   *
   * @throws OpenStackError `MicroversionUnsupported` for what an older one would leave as it is
   */
  async rebuild(
    id: string,
    imageId: string,
    rebuild: ServerRebuild = {},
    options: CallOptions = {},
  ): Promise<{ adminPassword: string | null }> {
    const microversion = await settledMicroversion(this.#client, options)
    const body = rebuildBody(this.#client, imageId, rebuild, microversion)
    const reply = await this.#post(id, 'rebuild', body, options)
    const made = z.object({ server: password }).transform(({ server }) => ({ adminPassword: server }))
    return this.#client.parse(reply, made, 'POST', path`/servers/${id}/action`)
  }

  confirmResize(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'confirmResize', null, options)
  }

  revertResize(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'revertResize', null, options)
  }

  /** @throws OpenStackError `Conflict` if it is not `ACTIVE` */
  changePassword(id: string, adminPassword: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'changePassword', { adminPass: adminPassword }, options)
  }

  /** @param name name or id of a security group, for all ports of the server */
  addSecurityGroup(id: string, name: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'addSecurityGroup', { name }, options)
  }

  removeSecurityGroup(id: string, name: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'removeSecurityGroup', { name }, options)
  }

  /** Deletes at once, also what is soft-deleted already. */
  forceDelete(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'forceDelete', null, options)
  }

  /** Brings a soft-deleted server back. */
  restore(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'restore', null, options)
  }

  /** Only administrators act on it then. @param reason from 2.73 */
  async lock(id: string, reason?: string, options: CallOptions = {}): Promise<void> {
    if (reason === undefined) return this.run(id, 'lock', null, options)
    const microversion = await settledMicroversion(this.#client, options)
    microversion.needs('2.73', 'a reason for a lock')
    return this.run(id, 'lock', { locked_reason: reason }, options)
  }

  unlock(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'unlock', null, options)
  }

  /** Rewrites Nova's record only; for administrators. */
  resetState(id: string, state: 'active' | 'error', options: CallOptions = {}): Promise<void> {
    return this.run(id, 'os-resetState', { state }, options)
  }

  /** To another host, switched off meanwhile; ends in `VERIFY_RESIZE`. For administrators. @param host from 2.56 */
  async migrate(id: string, host?: string, options: CallOptions = {}): Promise<void> {
    if (host === undefined) return this.run(id, 'migrate', null, options)
    const microversion = await settledMicroversion(this.#client, options)
    microversion.needs('2.56', 'migrating to a host of one’s choice')
    return this.run(id, 'migrate', { host }, options)
  }

  /**
   * To another host while it runs; for administrators. From 2.25.
   *
   * @param host default: of the scheduler's choice
   */
  async liveMigrate(id: string, host?: string, options: CallOptions = {}): Promise<void> {
    const microversion = await settledMicroversion(this.#client, options)
    microversion.needs('2.25', 'a live migration')
    return this.run(id, 'os-migrateLive', { host: host ?? null, block_migration: 'auto' }, options)
  }

  /** Makes it anew on another host, after its own has died; for administrators. From 2.14. */
  async evacuate(id: string, host?: string, options: CallOptions = {}): Promise<void> {
    const microversion = await settledMicroversion(this.#client, options)
    microversion.needs('2.14', 'an evacuation')
    return this.run(id, 'evacuate', { host }, options)
  }

  /**
   * Snapshots the server's disk, and deletes the oldest of its backups of this kind.
   *
   * @param keep how many stay
   */
  createBackup(
    id: string,
    backup: { name: string; kind: 'daily' | 'weekly'; keep: number },
    options: CallOptions = {},
  ): Promise<void> {
    const { name, kind, keep } = backup
    return this.run(id, 'createBackup', { name, backup_type: kind, rotation: keep }, options)
  }

  /** Makes the guest crash, so that it writes its memory where it was told to. From 2.17. */
  async triggerCrashDump(id: string, options: CallOptions = {}): Promise<void> {
    const microversion = await settledMicroversion(this.#client, options)
    microversion.needs('2.17', 'a crash dump')
    return this.run(id, 'trigger_crash_dump', null, options)
  }

  /** Any other action, by Nova's name for it. */
  async run(id: string, action: string, argument: unknown, options: CallOptions = {}): Promise<void> {
    await this.#post(id, action, argument, options)
  }

  /** Snapshots the server's disk. The image is `queued`, then `saving`; wait until it is `active`. */
  async createImage(
    id: string,
    name: string,
    metadata: Readonly<Record<string, string>> = {},
    options: CallOptions = {},
  ): Promise<{ imageId: string }> {
    const microversion = await settledMicroversion(this.#client, options)
    const reply = await this.#post(id, 'createImage', { name, metadata }, options)
    if (microversion.has('2.45')) {
      const body = this.#client.parse(reply, z.object({ image_id: z.string() }), 'POST', path`/servers/${id}/action`)
      return { imageId: body.image_id }
    }
    const imageId = ID_AT_END.exec(reply.headers['location'] ?? '')?.[1]
    if (imageId !== undefined) return { imageId }
    throw this.#client.error('BadReply', `createImage of ${id} did not say which image it makes`, {
      requestId: reply.requestId,
    })
  }

  #post(id: string, action: string, argument: unknown, options: CallOptions): Promise<HttpReply> {
    return this.#client.request('POST', path`/servers/${id}/action`, { ...options, json: { [action]: argument } })
  }
}
