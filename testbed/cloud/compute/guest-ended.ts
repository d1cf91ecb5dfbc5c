import type { Cloud } from '../cloud.ts'

/** A guest's first process ended by itself: Nova's power-state sync would show the server as SHUTOFF. */
export function guestEnded(cloud: Cloud, serverId: string): void {
  const server = cloud.state.servers.get(serverId)
  if (server === undefined || server.vmState !== 'active' || server.taskState !== null) return
  cloud.life.put({ ...server, vmState: 'stopped', powerState: 4, updatedAt: cloud.now() })
  cloud.commit()
}
