import { Context } from '@temporalio/activity'
import type { Deps } from '#activities/deps.ts'
import { expectedVms } from '#activities/watch/expected.ts'
import { traitsOf } from '#clouds/own-servers.ts'
import { allServers } from '#clouds/servers.ts'
import { compare, isVmName, type VmFile } from '#domain/cleanup/compare.ts'
import type { Comparison } from '#domain/cleanup/findings.ts'
import { busyHosts } from '#htcondor/busy-hosts.ts'
import { workers } from '#htcondor/workers.ts'
import { leftDependents } from './left-dependents.ts'
import { vmFile } from './vm-files.ts'

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
