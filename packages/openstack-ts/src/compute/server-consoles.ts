import { z } from 'zod'
import { Secret } from '../cloud-config/secret.ts'
import { settledMicroversion } from '../settled-microversion.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export type ConsoleType = 'novnc' | 'spice-html5' | 'serial' | 'webmks' | 'rdp-html5'

const PROTOCOLS: Readonly<Record<ConsoleType, string>> = {
  novnc: 'vnc',
  'spice-html5': 'spice',
  serial: 'serial',
  webmks: 'mks',
  'rdp-html5': 'rdp',
}

const output = z.object({ output: z.string() }).transform((body) => body.output)
const address = z
  .object({ remote_console: z.object({ url: z.string() }) })
  .transform((body) => new Secret(body.remote_console.url))

/** https://docs.openstack.org/api-ref/compute/#server-consoles */
export class ServerConsoles {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /**
   * The end of what the guest wrote to its console.
   *
   * @param lines default: as many as the cloud keeps
   */
  log(serverId: string, lines?: number, options: CallOptions = {}): Promise<string> {
    const body = { 'os-getConsoleOutput': { length: lines } }
    return this.#client.post(path`/servers/${serverId}/action`, body, output, options)
  }

  /** The address of a console for a browser; whoever knows it is in. From 2.6, `webmks` from 2.8. */
  async open(serverId: string, type: ConsoleType, options: CallOptions = {}): Promise<Secret> {
    const microversion = await settledMicroversion(this.#client, options)
    microversion.needs(type === 'webmks' ? '2.8' : '2.6', `a ${type} console`)
    const body = { remote_console: { protocol: PROTOCOLS[type], type } }
    return this.#client.post(path`/servers/${serverId}/remote-consoles`, body, address, options)
  }
}
