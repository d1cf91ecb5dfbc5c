import { unlessNotFound, type OpenStack, type Server } from 'openstack-ts'
import { meaningOf } from '#domain/vm/nova-status.ts'
import { controlPlaneKey } from '#domain/vm/ownership.ts'
import type { SeenServer } from '#domain/watch/cloud-pass.ts'

/**
 * Every server of the project. Not filtered by name: with a filter Nova leaves out the servers of cells that are down, which
 * without one it shows as UNKNOWN.
 * @throws if the list is known not to be complete
 */
export async function allServers(cloud: OpenStack, signal: AbortSignal): Promise<(Server & { name: string })[]> {
  const servers: (Server & { name: string })[] = []
  let nameless = 0
  for await (const server of cloud.compute.servers.list({}, { signal })) {
    const { name } = server
    if (name === null) nameless++
    else servers.push({ ...server, name })
  }
  // one of the nameless may be any of ours
  if (nameless > 0) throw new Error(`${nameless} servers are in a cell that is down: the list is not complete`)
  return servers
}

/**
 * The same servers with the faults that lists leave out: Nova keeps servers that no host was found for in a database of their own,
 * and a list reads the faults of one database alone; each server for itself tells its fault.
 * @param ofInterest names of those to ask about
 */
export function withFaults(
  cloud: OpenStack,
  servers: readonly (Server & { name: string })[],
  ofInterest: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<(Server & { name: string })[]> {
  return Promise.all(
    servers.map(async (server) => {
      if (server.fault !== null || meaningOf(server.status) !== 'error' || !ofInterest.has(server.name)) return server
      const shown = await unlessNotFound(cloud.compute.servers.show(server.id, { signal }))
      return { ...server, fault: shown?.fault ?? null }
    }),
  )
}

/** Ids of a server's volumes that are to be deleted with it. */
export const boundVolumes = ({ volumes }: Server): string[] =>
  volumes.filter(({ deleteOnTermination }) => deleteOnTermination === true).map(({ id }) => id)

/** What a watch looks at. */
export function seenServer(server: Server & { name: string }, controlPlane: string): SeenServer {
  const { id, name, status, fault, addresses, metadata, flavor } = server
  const volumes = boundVolumes(server)
  const address = addresses.find(({ type }) => type === 'fixed')?.address
  return {
    id,
    name,
    status,
    claimed: metadata[controlPlaneKey] === controlPlane,
    cores: flavor?.vcpus ?? 0,
    ...(fault === null ? {} : { fault: fault.message }),
    ...(address === undefined ? {} : { address }),
    ...(volumes.length === 0 ? {} : { volumes }),
  }
}
