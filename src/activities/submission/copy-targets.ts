import type { Deps } from '#activities/deps.ts'
import { roomRules } from '#config/room-rules.ts'
import { fleetId, fleetView, type CloudControl } from '#contract/fleet.ts'
import { cloudWatchId, seenBy } from '#contract/watch.ts'
import type { CopyTarget } from '#domain/replication/closed.ts'

/** What decides whether images are copied to these clouds: the site's word, the operators', and the room that was seen last. */
export async function copyTargets(
  { client, config }: Deps,
  clouds: readonly string[],
): Promise<ReadonlyMap<string, CopyTarget>> {
  if (clouds.length === 0) return new Map()
  const controls = await client.workflow
    .getHandle(fleetId(config.pool))
    .query(fleetView)
    .then(
      (view) => view.controls,
      (): Record<string, CloudControl> => ({}),
    )
  const policies = config.clouds.filter(({ name }) => clouds.includes(name))
  const targets = policies.map(async (policy): Promise<[string, CopyTarget]> => {
    const { name, copyImages } = policy
    const watch = await client.workflow
      .getHandle(cloudWatchId(name))
      .describe()
      .catch(() => undefined)
    const observed = (watch && seenBy(watch)?.limits) ?? { unknown: 'its watch has not told of it' }
    const control = controls[name]
    return [name, { name, copyImages, observed, ...roomRules(policy), ...(control === undefined ? {} : { control }) }]
  })
  return new Map(await Promise.all(targets))
}
