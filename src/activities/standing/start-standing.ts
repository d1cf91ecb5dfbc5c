import type { Client } from '@temporalio/client'
import type { Config } from '#config/schema.ts'
import { fleetType } from '#contract/fleet.ts'
import { fleetStart, watchStart } from '#contract/starts.ts'
import { configure, watchType, type WatchInput } from '#contract/watch.ts'

/**
 * Starts what always runs: the fleet and a watch for the pool and each cloud, enabled or not, because VMs drain on a
 * disabled one. What runs already is left running; a watch is told of the configuration, and starts its activity anew if
 * that has changed.
 */
export async function startStanding(client: Client, config: Config, digest: string): Promise<void> {
  const watches: WatchInput[] = [
    { kind: 'pool', pool: config.pool, digest },
    ...config.clouds.map(({ name }) => ({ kind: 'cloud' as const, cloud: name, pool: config.pool, digest })),
  ]
  await Promise.all(
    watches.map((watch) =>
      client.workflow.signalWithStart(watchType, {
        ...watchStart(watch),
        signal: configure,
        signalArgs: [{ digest }],
      }),
    ),
  )
  await client.workflow.start(fleetType, fleetStart({ pool: config.pool }))
}
