import { Context } from '@temporalio/activity'
import { unlessNotFound } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import { meaningOf } from '#domain/vm/nova-status.ts'
import { busyHosts } from '#htcondor/busy-hosts.ts'
import { hasHeardOfAll, workers } from '#htcondor/workers.ts'

/** A VM that has not been seen in the pool yet, and whose server may join it at any moment. */
export interface Joining {
  cloud: string
  serverId: string
}

/**
 * What it means that the pool shows no ad of a worker. It is no proof that no job is there, or will be: the collector may have
 * forgotten it, a worker that cannot reach the collector keeps its claims and is given further jobs, and one that is just booting
 * takes its first job within a second of its first ad.
 */
export type Absence = 'not-in-pool' | 'unknown' | 'has-job' | 'may-join'

/** What is said while it may not be deleted. */
export const absenceWords: Record<Exclude<Absence, 'not-in-pool'>, string> = {
  unknown: 'the collector has started lately: a worker that is missing may be there',
  'has-job': 'it is not in the pool, and has a job',
  'may-join': 'its server runs, and may still join the pool and be given a job at once: then it can be drained',
}

/** @param joining absent for a VM that has been in the pool, or has had its time to join */
export async function absence(
  { condor, config, clouds }: Pick<Deps, 'condor' | 'config' | 'clouds'>,
  vm: string,
  joining: Joining | undefined,
): Promise<Absence> {
  const { cancellationSignal: signal } = Context.current()
  if (!hasHeardOfAll(await workers(condor, { signal }), config.condor.updateInterval, Date.now())) return 'unknown'
  if ((await busyHosts(condor, { signal })).includes(vm)) return 'has-job'
  if (joining === undefined) return 'not-in-pool'
  const { servers } = clouds.batch(joining.cloud).compute
  const server = await unlessNotFound(servers.show(joining.serverId, { signal }))
  return server !== undefined && meaningOf(server.status) === 'active' ? 'may-join' : 'not-in-pool'
}
