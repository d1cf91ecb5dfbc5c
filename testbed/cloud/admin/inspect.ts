import type { Cloud } from '../cloud.ts'
import { statusOf } from '../compute/status.ts'

/** One server that was ever created here, also one that no API shows any more. Times in ms since the epoch. */
export interface ServerRecord {
  id: string
  name: string
  status: string
  project: string
  /** Who asked for it, and with which request. */
  user: string
  requestId: string
  host: string | null
  flavor: string
  imageId: string
  metadata: Record<string, string>
  createdAt: number
  activeAt: number | null
  deletedAt: number | null
  vanished: boolean
  stuck: boolean
}

export function serverRecords(cloud: Cloud): ServerRecord[] {
  const { servers, projects, users } = cloud.state
  return [...servers.values()].map((server) => ({
    id: server.id,
    name: server.name,
    status: statusOf(server),
    project: projects.get(server.projectId)?.name ?? server.projectId,
    user: users.get(server.userId)?.name ?? server.userId,
    requestId: server.requestId,
    host: server.host,
    flavor: server.flavor.name,
    imageId: server.imageId,
    metadata: server.metadata,
    createdAt: server.createdAt,
    activeAt: server.launchedAt,
    deletedAt: server.deletedAt,
    vanished: server.vanished,
    stuck: server.stuck,
  }))
}

/** What is there now. */
export interface Inventory {
  ports: { id: string; deviceId: string; project: string; addresses: string[]; orphan: boolean }[]
  floatingIps: { id: string; address: string; portId: string | null }[]
  /** An orphan was made for a server that is gone, to go with it. */
  volumes: { id: string; status: string; sizeGb: number; servers: string[]; orphan: boolean }[]
  images: {
    id: string
    name: string | null
    status: string
    visibility: string
    members: { project: string; status: string }[]
  }[]
}

export function inventory(cloud: Cloud): Inventory {
  const { servers, ports, floatingIps, volumes, images, members, projects } = cloud.state
  return {
    ports: [...ports.values()].map((port) => ({
      id: port.id,
      deviceId: port.deviceId,
      project: port.projectId,
      addresses: port.fixedIps.map((fixed) => fixed.ip_address),
      // Its server is gone and it is still there.
      orphan: port.deviceId !== '' && servers.get(port.deviceId)?.deletedAt !== null,
    })),
    floatingIps: [...floatingIps.values()].map(({ id, address, portId }) => ({ id, address, portId })),
    volumes: [...volumes.values()].map(({ id, status, sizeGb, attachments, madeFor }) => ({
      id,
      status,
      sizeGb,
      servers: attachments.map(({ serverId }) => serverId),
      orphan: madeFor !== null && status !== 'deleting' && servers.get(madeFor)?.deletedAt !== null,
    })),
    images: [...images.values()].map(({ id, name, status, visibility }) => ({
      id,
      name,
      status,
      visibility,
      members: [...members.values()]
        .filter((member) => member.imageId === id)
        .map((member) => ({ project: projects.get(member.project)?.name ?? member.project, status: member.status })),
    })),
  }
}
