import { Context } from '@temporalio/activity'
import type { Deps } from '#activities/deps.ts'
import { expectedVms } from '#activities/watch/expected.ts'
import { traitsOf } from '#clouds/own-servers.ts'
import { allServers } from '#clouds/servers.ts'
import { closedVmsQuery } from '#contract/lists.ts'
import { compare, isVmName, type VmFile } from '#domain/cleanup/compare.ts'
import type { Comparison, Finding } from '#domain/cleanup/findings.ts'
import { busyHosts } from '#htcondor/busy-hosts.ts'
import { workers } from '#htcondor/workers.ts'
import { vmFile } from './vm-files.ts'

/** For how long after a VM's end ports of its server are looked after, ms. */
const dependentsSince = 24 * 3_600_000

/**
 * Looks at one cloud, the pool and our records, and compares them.
 * @param at by the clock by which our records say when VMs ended, ms since 1970: this process's own may be hours away from it
 * @throws if the cloud's list cannot be read: nothing is known then
 */
export async function lookAround(deps: Deps, cloud: string, at: number): Promise<Comparison> {
  const { client, condor, config, clouds } = deps
  const signal = Context.current().cancellationSignal
  const connection = clouds.batch(cloud)
  const { pool, controlPlane } = config
  const project = await connection.projectId({ signal })
  const servers = await allServers(connection, signal)
  const listed = await expectedVms(client, pool, cloud)
  const [seen, hosts] = await Promise.all([
    workers(condor, { signal, trustDomain: config.condor.trustDomain }).catch(() => undefined),
    busyHosts(condor, { signal }).catch(() => undefined),
  ])
  const names = [...servers.map(({ name }) => name), ...(seen?.workers ?? []).map(({ vm }) => vm), ...(hosts ?? [])]
  const running = new Set(listed.map(({ vm }) => vm))
  const files = new Map<string, VmFile>()
  for (const vm of new Set(names)) {
    if (!isVmName(vm, pool, cloud) || running.has(vm)) continue
    const file = await vmFile(client, controlPlane, vm)
    if (file !== undefined) files.set(vm, file)
  }
  const comparison = compare({
    pool,
    cloud,
    controlPlane,
    project,
    servers: servers.map(traitsOf),
    running: listed.map(({ vm, state, order }) => ({ vm, state, batchProject: order.batchProject })),
    files,
    workers: seen?.workers.map(({ vm }) => vm),
    hosts,
    at,
    grace: config.cleanup.grace,
  })
  const left = await leftDependents(deps, cloud, at, new Set(servers.map(({ id }) => id)))
  return { ...comparison, findings: [...comparison.findings, ...left] }
}

/** Ports of servers that are gone and were VMs of ours. Mostly there is none, and nothing more is asked. */
async function leftDependents(
  { client, config, clouds }: Deps,
  cloud: string,
  at: number,
  servers: ReadonlySet<string>,
): Promise<Finding[]> {
  const signal = Context.current().cancellationSignal
  const orphans = new Set<string>()
  for await (const { deviceId, deviceOwner } of clouds.batch(cloud).network.ports.list({}, { signal })) {
    if (deviceId !== null && deviceOwner?.startsWith('compute:') === true && !servers.has(deviceId))
      orphans.add(deviceId)
  }
  if (orphans.size === 0) return []
  const found: Finding[] = []
  const query = closedVmsQuery(config.pool, new Date(at - dependentsSince), cloud)
  for await (const { workflowId: vm } of client.workflow.list({ query })) {
    const serverId = (await vmFile(client, config.controlPlane, vm))?.proof.serverId
    if (serverId === undefined || !orphans.delete(serverId)) continue
    found.push({ kind: 'dependents', vm, serverId, because: 'its server is gone, and ports of it are left' })
    if (orphans.size === 0) break
  }
  return found
}
