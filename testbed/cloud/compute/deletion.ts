import type { Cloud } from '../cloud.ts'
import type { Server } from './types.ts'

/** What an accepted delete makes of the server. `force` skips the time in which it could be restored. */
export function beginDelete(cloud: Cloud, server: Server, force: boolean): Server {
  const now = cloud.now()
  const { deleteMs, reclaimMs } = cloud.timings()
  // Nova does nothing more while a delete is on its way.
  if (server.taskState === 'deleting' && !force) return server
  const asked = { ...server, updatedAt: now }
  if (server.deleteSticks === true || (server.deleteSticks === 'until-forced' && !force))
    return { ...asked, taskState: 'deleting', due: null, stuck: true }
  if (reclaimMs > 0 && !force && server.host !== null && server.vmState !== 'soft-delete' && server.vmState !== 'error')
    return {
      ...asked,
      vmState: 'soft-delete',
      taskState: null,
      powerState: 4,
      due: { at: now + reclaimMs, event: 'deleted' },
    }
  // A server that reached no host is removed by the API itself.
  const wait = server.host === null ? 0 : deleteMs
  if (wait === 0)
    return { ...asked, vmState: 'deleted', taskState: null, powerState: 0, due: null, deletedAt: now, lockedBy: null }
  return { ...asked, taskState: 'deleting', due: { at: now + wait, event: 'deleted' } }
}
