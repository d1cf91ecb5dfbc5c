import { isConflict, unlessNotFound, type CallOptions, type OpenStack, type Server } from 'openstack-ts'
import { meaningOf } from '#domain/vm/nova-status.ts'

/** One wish to delete, in the form that the server's state needs. Repeating it is harmless. */
export async function askDeletion(
  cloud: OpenStack,
  server: Server,
  force: boolean,
  options: CallOptions,
): Promise<void> {
  const { servers, actions } = cloud.compute
  try {
    if (server.locked === true) await unlessNotFound(actions.unlock(server.id, options))
    // a soft-deleted server waits for its reclaim interval unless it is forced
    if (force || meaningOf(server.status) === 'gone') await unlessNotFound(actions.forceDelete(server.id, options))
    else if (server.taskState !== 'deleting') await unlessNotFound(servers.delete(server.id, options))
  } catch (error) {
    // a state in which Nova refuses just now; it is looked at again
    if (!isConflict(error)) throw error
  }
}

/** What a server has left behind, or would: only once it is gone. */
export async function deleteDependents(cloud: OpenStack, serverId: string, options: CallOptions): Promise<void> {
  const { ports, floatingIps } = cloud.network
  for await (const port of ports.list({ deviceId: serverId }, options)) {
    for await (const address of floatingIps.list({ portId: port.id }, options)) {
      await unlessNotFound(floatingIps.delete(address.id, options))
    }
    await unlessNotFound(ports.delete(port.id, options))
  }
}
