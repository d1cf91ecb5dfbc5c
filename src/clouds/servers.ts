import type { OpenStack } from 'openstack-ts'
import type { SeenServer } from '#domain/watch/cloud-pass.ts'

/**
 * Every server of the project. Not filtered by name: with a filter Nova leaves out the servers of cells that are down, which
 * without one it shows as UNKNOWN.
 */
export async function serversOf(cloud: OpenStack, signal: AbortSignal): Promise<SeenServer[]> {
  const servers: SeenServer[] = []
  let nameless = 0
  for await (const { id, name, status, fault, addresses } of cloud.compute.servers.list({}, { signal })) {
    if (name === null) {
      nameless++
      continue
    }
    const address = addresses.find(({ type }) => type === 'fixed')?.address
    servers.push({
      id,
      name,
      status,
      ...(fault === null ? {} : { fault: fault.message }),
      ...(address === undefined ? {} : { address }),
    })
  }
  // one of the nameless may be any of ours
  if (nameless > 0) throw new Error(`${nameless} servers are in a cell that is down: the list is not complete`)
  return servers
}
