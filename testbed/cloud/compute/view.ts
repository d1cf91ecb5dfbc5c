import { createHash } from 'node:crypto'
import { microsBare, seconds } from '../clock-text.ts'
import type { Cloud } from '../cloud.ts'
import { isAdmin } from '../identity/roles.ts'
import type { Principal } from '../identity/types.ts'
import { isVolumeBacked } from './boot-devices.ts'
import { statusOf } from './status.ts'
import type { Server } from './types.ts'

type Address = { version: 4; addr: string; 'OS-EXT-IPS:type': string; 'OS-EXT-IPS-MAC:mac_addr': string }
/** What Nova reads off a server's ports. */
interface Plugged {
  addresses: Record<string, Address[]>
  /** Names of security groups. */
  groups: string[]
}
/** By server. */
export type Plugs = ReadonlyMap<string, Plugged>

/** Of every server, found in one pass over the ports. */
export function allPlugs(cloud: Cloud): Plugs {
  const { ports, networks, floatingIps, securityGroups } = cloud.state
  const floating = new Map(
    [...floatingIps.values()].flatMap((ip) => (ip.portId === null ? [] : [[ip.portId, ip.address]])),
  )
  const found = new Map<string, Plugged>()
  for (const port of ports.values()) {
    if (port.deviceId === '') continue
    const name = networks.get(port.networkId)?.name ?? port.networkId
    const of = found.get(port.deviceId) ?? { addresses: {}, groups: [] }
    found.set(port.deviceId, of)
    const list = (of.addresses[name] ??= [])
    const add = (addr: string, kind: string): void =>
      void list.push({ version: 4, addr, 'OS-EXT-IPS:type': kind, 'OS-EXT-IPS-MAC:mac_addr': port.mac })
    for (const fixed of port.fixedIps) add(fixed.ip_address, 'fixed')
    const outside = floating.get(port.id)
    if (outside !== undefined) add(outside, 'floating')
    const groups = port.securityGroups.flatMap((id) => securityGroups.get(id)?.name ?? [])
    of.groups = [...new Set([...of.groups, ...groups])]
  }
  return found
}

/** While it builds, Nova goes through these; here each takes its share of the time. */
function taskState(server: Server, now: number): string | null {
  if (server.vmState !== 'building' || server.due === null || server.host === null) return server.taskState
  const share = (now - server.createdAt) / (server.due.at - server.createdAt)
  return share < 0.1
    ? 'scheduling'
    : share < 0.2
      ? null
      : share < 0.4
        ? 'networking'
        : share < 0.5
          ? 'block_device_mapping'
          : 'spawning'
}

export const links = (cloud: Cloud, path: string) => [
  { rel: 'self', href: `${cloud.url}/compute/v2.1/${path}` },
  { rel: 'bookmark', href: `${cloud.url}/compute/${path}` },
]

export const serverBrief = (cloud: Cloud, server: Server) => ({
  id: server.id,
  name: server.name,
  links: links(cloud, `servers/${server.id}`),
})

/** A server as `show` and `detail` give it, by microversion and by who asks. */
export function serverView(cloud: Cloud, who: Principal, microversion: number, server: Server, plugs: Plugs) {
  const now = cloud.now()
  const status = statusOf(server)
  const task = taskState(server, now)
  // Nova knows the addresses once the ports are bound.
  const plugged = server.host !== null && task !== 'scheduling' && server.deletedAt === null
  const { flavor } = server
  const { addresses = {}, groups = [] } = plugs.get(server.id) ?? {}
  return {
    id: server.id,
    name: server.name,
    status,
    tenant_id: server.projectId,
    user_id: server.userId,
    metadata: server.metadata,
    hostId:
      server.host === null
        ? ''
        : createHash('sha224')
            .update(server.projectId + server.host)
            .digest('hex'),
    image: isVolumeBacked(server) ? '' : imageOf(cloud, microversion, server),
    flavor:
      microversion >= 47
        ? {
            original_name: flavor.name,
            vcpus: flavor.vcpus,
            ram: flavor.ramMb,
            disk: flavor.diskGb,
            ephemeral: flavor.ephemeralGb,
            swap: flavor.swapMb,
            extra_specs: flavor.extraSpecs,
          }
        : { id: flavor.id, links: [{ rel: 'bookmark', href: `${cloud.url}/compute/flavors/${flavor.id}` }] },
    created: seconds(server.createdAt),
    updated: seconds(server.updatedAt),
    addresses: plugged ? addresses : {},
    accessIPv4: '',
    accessIPv6: '',
    links: links(cloud, `servers/${server.id}`),
    'OS-DCF:diskConfig': 'MANUAL',
    ...(['ACTIVE', 'BUILD', 'DELETED', 'MIGRATING', 'REBUILD', 'RESIZE', 'RESCUE'].includes(status) && {
      progress: server.progress,
    }),
    'OS-EXT-AZ:availability_zone': server.host === null ? '' : server.zone,
    config_drive: server.configDrive ? 'True' : '',
    key_name: server.keyName,
    'OS-SRV-USG:launched_at': server.launchedAt === null ? null : microsBare(server.launchedAt),
    'OS-SRV-USG:terminated_at': server.deletedAt === null ? null : microsBare(server.deletedAt),
    ...(groups.length > 0 && { security_groups: groups.map((name) => ({ name })) }),
    'OS-EXT-STS:task_state': task,
    'OS-EXT-STS:vm_state': server.vmState,
    'OS-EXT-STS:power_state': server.powerState,
    'os-extended-volumes:volumes_attached': server.volumes.map(({ id, deleteOnTermination }) => ({
      id,
      ...(microversion >= 3 && { delete_on_termination: deleteOnTermination }),
    })),
    ...(server.fault !== null &&
      (status === 'ERROR' || status === 'DELETED') && {
        fault: {
          code: server.fault.code,
          created: seconds(server.fault.created),
          message: server.fault.message,
          ...(isAdmin(who) && { details: server.fault.details ?? TRACEBACK }),
        },
      }),
    ...newer(microversion, server),
    ...(isAdmin(who) && forAdmin(cloud, microversion, server)),
  }
}

const TRACEBACK = 'Traceback (most recent call last):\n'

const imageOf = (cloud: Cloud, microversion: number, { imageId }: Server) => ({
  id: imageId,
  links: [{ rel: 'bookmark', href: `${cloud.url}/compute/images/${imageId}` }],
  ...(microversion >= 98 && { properties: cloud.state.images.get(imageId)?.properties ?? {} }),
})

/**
 * In a list. Servers that never reached a host have a database of their own, and a list reads the faults of the other one alone.
 */
export function listedView(view: ReturnType<typeof serverView>, { host }: Server) {
  const { server_groups: _, fault, ...rest } = view
  return host === null ? rest : { ...rest, ...(fault !== undefined && { fault }) }
}

function newer(microversion: number, server: Server) {
  return {
    ...(microversion >= 9 && { locked: server.lockedBy !== null }),
    ...(microversion >= 19 && { description: server.description }),
    ...(microversion >= 26 && { tags: server.tags }),
    ...(microversion >= 63 && { trusted_image_certificates: null }),
    ...(microversion >= 71 && { server_groups: server.groupId === null ? [] : [server.groupId] }),
    ...(microversion >= 73 && { locked_reason: server.lockedReason }),
    ...(microversion >= 90 && { 'OS-EXT-SRV-ATTR:hostname': server.hostname }),
    ...(microversion >= 96 && { pinned_availability_zone: server.zone || null }),
    ...(microversion >= 100 && { scheduler_hints: {} }),
  }
}

const forAdmin = (cloud: Cloud, microversion: number, server: Server) => ({
  'OS-EXT-SRV-ATTR:host': server.host,
  'OS-EXT-SRV-ATTR:hypervisor_hostname': server.host,
  'OS-EXT-SRV-ATTR:instance_name': `instance-${server.id.slice(0, 8)}`,
  ...(microversion >= 3 && {
    'OS-EXT-SRV-ATTR:reservation_id': server.reservationId,
    'OS-EXT-SRV-ATTR:launch_index': server.launchIndex,
    'OS-EXT-SRV-ATTR:hostname': server.hostname,
    'OS-EXT-SRV-ATTR:root_device_name': '/dev/vda',
    'OS-EXT-SRV-ATTR:kernel_id': '',
    'OS-EXT-SRV-ATTR:ramdisk_id': '',
    'OS-EXT-SRV-ATTR:user_data': cloud.state.userData.get(server.id)?.base64 ?? null,
  }),
  ...(microversion >= 16 && { host_status: server.host === null ? '' : 'UP' }),
})
