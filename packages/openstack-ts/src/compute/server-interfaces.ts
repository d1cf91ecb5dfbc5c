import { z } from 'zod'
import { resource, text, type Fields, type Resource } from '../schema.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** A port of a server. */
export interface ServerInterface extends Resource {
  portId: string
  networkId: string
  mac: string | null
  /** `ACTIVE`, `DOWN`, … */
  status: string | null
  fixedIps: { address: string; subnetId: string | null }[]
}

/** A port that exists, or a new one on a network. */
export type InterfaceAttach = { portId: string } | { networkId: string; fixedIp?: string | undefined }

const serverInterface = resource(
  {
    port_id: z.string(),
    net_id: z.string(),
    mac_addr: text,
    port_state: text,
    fixed_ips: z.array(z.object({ ip_address: z.string(), subnet_id: text })).nullish(),
  },
  (body): Fields<ServerInterface> => ({
    portId: body.port_id,
    networkId: body.net_id,
    mac: body.mac_addr,
    status: body.port_state,
    fixedIps: (body.fixed_ips ?? []).map((one) => ({ address: one.ip_address, subnetId: one.subnet_id })),
  }),
)

const one = z.object({ interfaceAttachment: serverInterface }).transform((body) => body.interfaceAttachment)
const all = z.object({ interfaceAttachments: z.array(serverInterface) }).transform((body) => body.interfaceAttachments)

/** https://docs.openstack.org/api-ref/compute/#port-interfaces-servers-os-interface */
export class ServerInterfaces {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  list(serverId: string, options: CallOptions = {}): Promise<ServerInterface[]> {
    return this.#client.get(path`/servers/${serverId}/os-interface`, all, options)
  }

  show(serverId: string, portId: string, options: CallOptions = {}): Promise<ServerInterface> {
    return this.#client.get(path`/servers/${serverId}/os-interface/${portId}`, one, options)
  }

  /** Done when the reply comes. */
  attach(serverId: string, attach: InterfaceAttach, options: CallOptions = {}): Promise<ServerInterface> {
    const interfaceAttachment =
      'portId' in attach
        ? { port_id: attach.portId }
        : { net_id: attach.networkId, fixed_ips: attach.fixedIp && [{ ip_address: attach.fixedIp }] }
    return this.#client.post(path`/servers/${serverId}/os-interface`, { interfaceAttachment }, one, options)
  }

  /** Asks for it; a port that Nova made goes with it. */
  async detach(serverId: string, portId: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/servers/${serverId}/os-interface/${portId}`, options)
  }
}
