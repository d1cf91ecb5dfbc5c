import { Context } from '@temporalio/activity'
import type { OpenStack, Volume } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import { listedVm } from '#contract/listed.ts'
import { closedVmsQuery } from '#contract/lists.ts'
import type { Finding } from '#domain/cleanup/findings.ts'
import { vmFile } from './vm-files.ts'

/** For how long after a VM's end what hung on its server is looked after, ms. */
const since = 24 * 3_600_000

/**
 * Ports of servers that are gone and were VMs of ours, and volumes that our record says were made for such servers. Mostly
 * there is none, and nothing more is asked.
 * @param at by the clock by which our records say when VMs ended, ms since 1970
 * @param servers ids of those that exist
 */
export async function leftDependents(
  deps: Deps,
  cloud: string,
  at: number,
  servers: ReadonlySet<string>,
): Promise<Finding[]> {
  const { client, config, clouds } = deps
  const connection = clouds.batch(cloud)
  const orphans = await orphanedPorts(connection, servers)
  const fromVolumes = config.clouds.find(({ name }) => name === cloud)?.bootVolume !== undefined
  const volumes = fromVolumes ? await unusedVolumes(connection, servers) : []
  if (orphans.size === 0 && volumes.length === 0) return []
  const found: Finding[] = []
  const query = closedVmsQuery(config.pool, new Date(at - since), cloud)
  for await (const listed of client.workflow.list({ query })) {
    const { workflowId: vm } = listed
    const order = listedVm(listed)?.order
    const alike = order?.bootVolume === undefined ? [] : volumes.filter((one) => isOf(one, order.image.id))
    if (orphans.size === 0 && alike.length === 0) continue
    const file = await vmFile(client, config.controlPlane, vm)
    const serverId = file?.proof.serverId
    if (serverId === undefined || servers.has(serverId)) continue
    const known = new Set(file?.volumes)
    const left = [
      ...(orphans.delete(serverId) ? ['ports of it'] : []),
      ...alike.filter(({ id }) => known.has(id)).map(({ id }) => `the volume ${id}, made for it`),
    ]
    if (left.length > 0) {
      found.push({ kind: 'dependents', vm, serverId, because: `its server is gone; left are ${left.join(' and ')}` })
    }
    for (const { id } of alike.filter((one) => isAttached(one, serverId) && !known.has(one.id))) {
      const because = `the volume ${id} seems attached to its server, which is gone, and our record does not say that it was made for it`
      found.push({ kind: 'unproven', vm, serverId, because })
    }
    if (orphans.size === 0 && volumes.length === 0) break
  }
  return found
}

async function orphanedPorts({ network }: OpenStack, servers: ReadonlySet<string>): Promise<Set<string>> {
  const orphans = new Set<string>()
  const signal = Context.current().cancellationSignal
  for await (const { deviceId, deviceOwner } of network.ports.list({}, { signal })) {
    if (deviceId !== null && deviceOwner?.startsWith('compute:') === true && !servers.has(deviceId))
      orphans.add(deviceId)
  }
  return orphans
}

/** Volumes that no server has; none if the cloud does not say: the rest of the look is worth as much without. */
async function unusedVolumes({ blockStorage }: OpenStack, servers: ReadonlySet<string>): Promise<Volume[]> {
  const { log, cancellationSignal: signal } = Context.current()
  const found: Volume[] = []
  try {
    for await (const volume of blockStorage.volumes.list({}, { signal })) {
      const used = volume.attachments.some(({ serverId }) => serverId === null || servers.has(serverId))
      if (!used && volume.status !== 'deleting') found.push(volume)
    }
    return found
  } catch (error) {
    signal.throwIfAborted()
    log.warn('volumes that may be left are not known', { error })
    return []
  }
}

/** Only volumes of a VM's image can be its, which spares us to ask for the records of most VMs. */
const isOf = ({ imageMetadata }: Volume, image: string): boolean => imageMetadata['image_id'] === image

const isAttached = ({ attachments }: Volume, server: string): boolean =>
  attachments.some(({ serverId }) => serverId === server)
