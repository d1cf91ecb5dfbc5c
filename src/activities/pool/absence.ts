import { Context } from '@temporalio/activity'
import { unlessNotFound } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import { meaningOf } from '#domain/vm/nova-status.ts'
import { busyHosts } from '#htcondor/busy-hosts.ts'
import { hasHeardOfAll, workers } from '#htcondor/workers.ts'

/** A VM that has not been seen in the pool yet, and may be there at any moment. */
export interface MayJoin {
  cloud: string
  serverId?: string | undefined
  /** How long it is waited for, ms from when it was first asked to drain. */
  within: number
}

/**
 * What it means that the pool shows no ad of a worker. It is no proof that no job is there, or will be: the collector may have
 * forgotten it, a worker that cannot reach the collector keeps its claims and is given further jobs, and one that is just booting
 * takes its first job within a second of its first ad.
 * @throws while nothing can be said: it is asked again
 */
export async function absence(
  { condor, config, clouds }: Pick<Deps, 'condor' | 'config' | 'clouds'>,
  { vm, mayJoin }: { vm: string; mayJoin?: MayJoin | undefined },
): Promise<'not-in-pool' | 'drain-refused'> {
  const { cancellationSignal: signal } = Context.current()
  if (!hasHeardOfAll(await workers(condor, { signal }), config.condor.updateInterval, Date.now()))
    throw new Error('the collector has started lately: a worker that is missing may be there')
  if ((await busyHosts(condor, { signal })).includes(vm)) return 'drain-refused'
  if (mayJoin === undefined || waited() >= mayJoin.within) return 'not-in-pool'
  const { cloud, serverId } = mayJoin
  const { servers } = clouds.batch(cloud).compute
  const server = serverId === undefined ? undefined : await unlessNotFound(servers.show(serverId, { signal }))
  if (server === undefined || meaningOf(server.status) !== 'active') return 'not-in-pool'
  throw new Error(
    'its server runs, so that it may join the pool and be given a job at any moment: then it can be asked',
  )
}

/** By Temporal's clock: this process's own may be hours away from it. */
function waited(): number {
  const { currentAttemptScheduledTimestampMs: now, scheduledTimestampMs: start } = Context.current().info
  return now - start
}
