import type { Server } from '../compute/server.ts'
import type { Servers } from '../compute/servers.ts'
import { codeOfFault } from '../error/fault-code.ts'
import { OpenStackError } from '../error/openstack-error.ts'
import { isNotFound } from '../error/predicates.ts'
import type { CallOptions } from '../transport/settings.ts'
import { waitFor, type WaitOptions } from './wait-for.ts'

/**
 * Waits until a server has a status and nothing is being done with it.
 *
 * @param status e.g. `ACTIVE`
 * @throws OpenStackError `NoValidHost`, `QuotaExceeded` or `ResourceFailed` with Nova's fault if it goes to `ERROR`;
 * `NotFound` if it vanishes; `WaitTimeout`
 */
export function waitForServer(servers: Servers, id: string, status: string, options: WaitOptions): Promise<Server> {
  const look = async (call: CallOptions) => {
    const server = await servers.show(id, call)
    if (server.status === status && server.taskState === null) return { done: server }
    if (server.status === 'ERROR') throw serverFailure(server)
    return { state: stateOf(server) }
  }
  return waitFor('compute', `server ${id} to be ${status}`, look, options)
}

/**
 * Waits until Nova does not know the server any more. One in `ERROR` is waited for as well: it can be deleted.
 *
 * @throws OpenStackError `ResourceFailed` for a soft-deleted one, which would stay: force its deletion; `WaitTimeout`
 */
export function waitForServerGone(servers: Servers, id: string, options: WaitOptions): Promise<void> {
  const look = async (call: CallOptions) => {
    try {
      const server = await servers.show(id, call)
      if (server.status === 'DELETED') return { done: undefined }
      if (server.status === 'SOFT_DELETED') throw failure(`server ${id} is soft-deleted and would stay`, undefined)
      return { state: stateOf(server) }
    } catch (error) {
      if (isNotFound(error)) return { done: undefined }
      throw error
    }
  }
  return waitFor('compute', `server ${id} to be gone`, look, options)
}

/** Why a server is in `ERROR`, as an error with Nova's own words. */
export function serverFailure(server: Server): OpenStackError {
  const said = server.fault?.message
  return failure(`server ${server.name ?? server.id} is in ERROR: ${said ?? 'no fault given'}`, said)
}

function failure(message: string, fault: string | undefined): OpenStackError {
  const code = (fault === undefined ? undefined : codeOfFault(fault)) ?? 'ResourceFailed'
  return new OpenStackError(`compute: ${message}`, { code, service: 'compute', fault })
}

function stateOf(server: Server): string {
  return server.taskState === null ? server.status : `${server.status} (${server.taskState})`
}
