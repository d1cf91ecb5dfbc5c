import { createHash } from 'node:crypto'
import type { Cloud } from '../cloud.ts'
import { uuid } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import { nextFree } from './address.ts'
import type { Network, Port } from './types.ts'

export const subnetsOf = (cloud: Cloud, networkId: string) =>
  [...cloud.state.subnets.values()].filter((subnet) => subnet.networkId === networkId)

export const portsOf = (cloud: Cloud, deviceId: string): Port[] =>
  [...cloud.state.ports.values()].filter((port) => port.deviceId === deviceId)

/** Addresses in use on a network: by ports and, on external ones, by floating IPs. */
function taken(cloud: Cloud, networkId: string): Set<string> {
  const used = new Set<string>()
  for (const port of cloud.state.ports.values())
    if (port.networkId === networkId) for (const fixed of port.fixedIps) used.add(fixed.ip_address)
  for (const ip of cloud.state.floatingIps.values()) if (ip.networkId === networkId) used.add(ip.address)
  return used
}

/** @throws Refusal 409 when the network's subnets have no address left, or not the wanted one. */
export function takeAddress(
  cloud: Cloud,
  network: Network,
  wanted?: string,
): { subnet_id: string; ip_address: string } {
  const used = taken(cloud, network.id)
  if (wanted !== undefined && used.has(wanted))
    throw new Refusal(409, `IP address ${wanted} already allocated in subnet of network ${network.id}.`, {
      type: 'IpAddressAlreadyAllocated',
    })
  for (const subnet of subnetsOf(cloud, network.id)) {
    const free = wanted ?? nextFree(subnet.pool, used, subnet.gateway)
    if (free !== null) return { subnet_id: subnet.id, ip_address: free }
  }
  throw new Refusal(409, `No more IP addresses available on network ${network.id}.`, {
    type: 'IpAddressGenerationFailure',
  })
}

export interface PortWish {
  network: Network
  projectId: string
  name?: string
  deviceId?: string
  deviceOwner?: string
  ownedByServer?: boolean
  securityGroups: string[]
  fixedIp?: string
}

/** Makes a port; the caller has checked the quota. */
export function addPort(cloud: Cloud, wish: PortWish): Port {
  const id = uuid()
  const tail = createHash('md5').update(id).digest('hex')
  const port: Port = {
    id,
    name: wish.name ?? '',
    networkId: wish.network.id,
    projectId: wish.projectId,
    mac: `fa:16:3e:${tail.slice(0, 2)}:${tail.slice(2, 4)}:${tail.slice(4, 6)}`,
    fixedIps: subnetsOf(cloud, wish.network.id).length === 0 ? [] : [takeAddress(cloud, wish.network, wish.fixedIp)],
    deviceId: wish.deviceId ?? '',
    deviceOwner: wish.deviceOwner ?? '',
    ownedByServer: wish.ownedByServer ?? false,
    status: 'DOWN',
    securityGroups: wish.securityGroups,
    createdAt: cloud.now(),
  }
  cloud.state.ports.put(id, port)
  return port
}

/** Removes a port and lets go of the floating IPs that pointed at it. */
export function removePort(cloud: Cloud, id: string): void {
  for (const ip of cloud.state.floatingIps.values())
    if (ip.portId === id) cloud.state.floatingIps.put(ip.id, { ...ip, portId: null, fixedIp: null })
  cloud.state.ports.delete(id)
}

/** What Nova does to the ports of a server that goes: its own are deleted, those it was given are unbound. */
export function releasePorts(cloud: Cloud, serverId: string): void {
  for (const port of portsOf(cloud, serverId)) {
    if (port.ownedByServer) removePort(cloud, port.id)
    else cloud.state.ports.put(port.id, { ...port, deviceId: '', deviceOwner: '', status: 'DOWN' })
  }
}

export function markPorts(cloud: Cloud, serverId: string, status: Port['status']): void {
  for (const port of portsOf(cloud, serverId))
    if (port.status !== status) cloud.state.ports.put(port.id, { ...port, status })
}
