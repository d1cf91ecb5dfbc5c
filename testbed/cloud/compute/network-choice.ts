import type { Cloud } from '../cloud.ts'
import { projectOf } from '../identity/roles.ts'
import type { Principal } from '../identity/types.ts'
import { canUse } from '../network/networks.ts'
import { networkRoom } from '../network/quota.ts'
import type { Network, Port } from '../network/types.ts'
import { badRequest, conflict, forbidden } from '../refusal.ts'
import type { ServerWish } from './create-schema.ts'

export type Nic = { kind: 'new'; network: Network; fixedIp: string | undefined } | { kind: 'given'; port: Port }

/** The networks that a server is plugged into. @throws Refusal 400, 403 or 409 as Nova does before it accepts. */
export function chooseNics(cloud: Cloud, who: Principal, wish: ServerWish['networks'], servers: number): Nic[] {
  const nics =
    wish === undefined || wish === 'auto'
      ? automatic(cloud, who)
      : wish === 'none'
        ? []
        : wish.map((w) => named(cloud, who, w))
  const wanted = nics.filter((nic) => nic.kind === 'new').length * servers
  if (nics.some((nic) => nic.kind === 'given') && servers > 1)
    throw badRequest('Unable to launch multiple instances with a single configured port ID.')
  if (wanted > networkRoom(cloud, projectOf(who), 'port')) throw forbidden('Maximum number of ports exceeded')
  return nics
}

/** Nova asks Neutron for the project's networks and refuses to guess between several. */
function automatic(cloud: Cloud, who: Principal): Nic[] {
  const all = [...cloud.state.networks.values()].filter((network) => !network.external)
  const own = all.filter((network) => network.projectId === projectOf(who))
  const usable = own.length > 0 ? own : all.filter((network) => network.shared)
  if (usable.length > 1) throw conflict('Multiple possible networks found, use a Network ID to be more specific.')
  return usable.map((network) => ({ kind: 'new', network, fixedIp: undefined }))
}

function named(
  cloud: Cloud,
  who: Principal,
  wish: { uuid?: string | undefined; port?: string | null | undefined; fixed_ip?: string | undefined },
): Nic {
  if (wish.port != null) {
    const port = cloud.state.ports.get(wish.port)
    if (port === undefined || port.projectId !== projectOf(who))
      throw badRequest(`Port id ${wish.port} could not be found.`)
    if (port.deviceId !== '') throw conflict(`Port ${port.id} is still in use.`)
    return { kind: 'given', port }
  }
  if (wish.uuid === undefined)
    throw badRequest('Invalid input for field/attribute networks. A network or a port must be named.')
  const network = cloud.state.networks.get(wish.uuid)
  if (network === undefined || !canUse(who, network)) throw badRequest(`Network ${wish.uuid} could not be found.`)
  return { kind: 'new', network, fixedIp: wish.fixed_ip }
}
