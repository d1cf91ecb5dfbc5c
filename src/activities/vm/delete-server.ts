import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { isConflict, unlessNotFound, type OpenStack, type Server } from 'openstack-ts'
import { meaningOf } from '#domain/vm/nova-status.ts'
import type { VmReason } from '#domain/vm/reason.ts'

/** How long one attempt watches a deletion before it counts as stuck, ms. */
const attemptMs = 2 * 60_000
const lookEvery = 1000

/**
 * Deletes every server of the name, and one known by its id, until the cloud says that they are gone; then the ports and
 * floating addresses that they left. Asked with the credential of the project in which they were made.
 */
export async function deleteServer(cloud: OpenStack, name: string, serverId: string | undefined): Promise<void> {
  const context = Context.current()
  const signal = context.cancellationSignal
  const end = Date.now() + attemptMs
  const seen = new Set<string>(serverId === undefined ? [] : [serverId])
  for (;;) {
    context.heartbeat()
    const servers = await ofThisVm(cloud, name, seen, signal)
    if (servers.length === 0) break
    for (const server of servers) await ask(cloud, server, signal)
    if (Date.now() >= end) {
      const states = servers.map(
        ({ id, status, taskState }) => `${id} is ${status}${taskState === null ? '' : `, ${taskState}`}`,
      )
      throw ApplicationFailure.retryable(
        `deletion does not finish: ${states.join('; ')}`,
        'DeleteStuck' satisfies VmReason,
      )
    }
    await context.sleep(lookEvery)
  }
  for (const id of seen) await deleteDependents(cloud, id, signal)
}

/** Servers of exactly this name, and the known ones that still exist under any name. Their ids are added to `seen`. */
async function ofThisVm(cloud: OpenStack, name: string, seen: Set<string>, signal: AbortSignal): Promise<Server[]> {
  const named = await cloud.compute.servers.findByExactName(name, { signal })
  const others = [...seen].filter((id) => !named.some((server) => server.id === id))
  const shown = await Promise.all(others.map((id) => unlessNotFound(cloud.compute.servers.show(id, { signal }))))
  const servers = [...named, ...shown.filter((server) => server !== undefined)]
  for (const { id } of servers) seen.add(id)
  return servers.filter((server) => server.status !== 'DELETED')
}

/** One wish to delete, in the form that the server's state needs. Repeating it is harmless. */
async function ask(cloud: OpenStack, server: Server, signal: AbortSignal): Promise<void> {
  const { servers, actions } = cloud.compute
  try {
    // a soft-deleted server waits for its reclaim interval unless it is forced
    if (meaningOf(server.status) === 'gone') await unlessNotFound(actions.forceDelete(server.id, { signal }))
    else if (server.locked === true) {
      await unlessNotFound(actions.unlock(server.id, { signal }))
      await unlessNotFound(servers.delete(server.id, { signal }))
    } else if (server.taskState !== 'deleting') await unlessNotFound(servers.delete(server.id, { signal }))
  } catch (error) {
    // a state in which Nova refuses just now; it is looked at again
    if (!isConflict(error)) throw error
  }
}

async function deleteDependents(cloud: OpenStack, serverId: string, signal: AbortSignal): Promise<void> {
  const { ports, floatingIps } = cloud.network
  for await (const port of ports.list({ deviceId: serverId }, { signal })) {
    for await (const address of floatingIps.list({ portId: port.id }, { signal })) {
      await unlessNotFound(floatingIps.delete(address.id, { signal }))
    }
    await unlessNotFound(ports.delete(port.id, { signal }))
  }
}
