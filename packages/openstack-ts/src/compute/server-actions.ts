import { z } from 'zod'
import { compareMicroversions } from '../discovery/microversion.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import type { HttpReply } from '../transport/transport.ts'

const ID_AT_END = /\/images\/([^/?#]+)\/?$/

/** What Nova calls actions: all are accepted at once and done later. */
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

  /** Deletes at once, also what is soft-deleted already. */
  forceDelete(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'forceDelete', null, options)
  }

  /** Brings a soft-deleted server back. */
  restore(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'restore', null, options)
  }

  lock(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'lock', null, options)
  }

  unlock(id: string, options: CallOptions = {}): Promise<void> {
    return this.run(id, 'unlock', null, options)
  }

  /** Rewrites Nova's record only; for administrators. */
  resetState(id: string, state: 'active' | 'error', options: CallOptions = {}): Promise<void> {
    return this.run(id, 'os-resetState', { state }, options)
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
    const { microversion } = await this.#client.endpoint(options)
    const reply = await this.#post(id, 'createImage', { name, metadata }, options)
    if (compareMicroversions(microversion ?? '2.1', '2.45') >= 0) {
      const body = this.#client.parse(reply, z.object({ image_id: z.string() }), 'POST', path`/servers/${id}/action`)
      return { imageId: body.image_id }
    }
    const imageId = ID_AT_END.exec(reply.headers['location'] ?? '')?.[1]
    if (imageId !== undefined) return { imageId }
    throw this.#client.error('BadReply', `createImage of ${id} did not say which image it makes`, {
      requestId: reply.requestId,
    })
  }

  /** The end of what the guest wrote to its console. */
  async consoleOutput(id: string, lines: number | undefined, options: CallOptions = {}): Promise<string> {
    const reply = await this.#post(id, 'os-getConsoleOutput', { length: lines }, options)
    return this.#client.parse(reply, z.object({ output: z.string() }), 'POST', path`/servers/${id}/action`).output
  }

  #post(id: string, action: string, argument: unknown, options: CallOptions): Promise<HttpReply> {
    return this.#client.request('POST', path`/servers/${id}/action`, { ...options, json: { [action]: argument } })
  }
}
