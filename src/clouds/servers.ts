import type { OpenStack, Server } from 'openstack-ts'
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
