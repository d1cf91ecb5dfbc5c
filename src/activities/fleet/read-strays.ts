import type { Deps } from '#activities/deps.ts'
import { listedVm } from '#contract/listed.ts'
import { cutVmsQuery } from '#contract/lists.ts'
import { cloudWatchId, seenBy } from '#contract/watch.ts'
import type { FleetCloud } from '#domain/fleet/types.ts'

/** Longer than a look at a cloud takes until its watch has told of it, ms. */
const cutLatelyMs = 60_000

/**
 * What takes from each cloud's caps beside the VMs that are known: servers that its watch sees without one, and VMs whose
 * workflow was ended from outside so lately that the watch may not have noticed.
 * @param known read before this is called: a VM that is ended in between is then counted once, not never
 */
export async function readStrays(
  { client, config }: Deps,
  known: ReadonlySet<string>,
  now: number,
): Promise<Record<string, FleetCloud['strays']>> {
  const cores = new Map<string, Map<string, number>>(config.clouds.map(({ name }) => [name, new Map<string, number>()]))
  for await (const listed of client.workflow.list({ query: cutVmsQuery(config.pool, new Date(now - cutLatelyMs)) })) {
    const vm = listedVm(listed)
    if (vm !== undefined) cores.get(vm.order.cloud)?.set(vm.vm, vm.order.flavor.cores)
  }
  await Promise.all(
    [...cores].map(async ([cloud, own]) => {
      const handle = client.workflow.getHandle(cloudWatchId(cloud))
      const watch = await handle.describe().catch(() => undefined)
      const strays = (watch && seenBy(watch)?.strays) ?? []
      for (const stray of strays) own.set(stray.vm, stray.cores)
    }),
  )
  return Object.fromEntries(
    [...cores].map(([cloud, own]) => {
      const strays = [...own].filter(([vm]) => !known.has(vm))
      return [cloud, { vms: strays.length, cores: strays.reduce((sum, [, each]) => sum + each, 0) }]
    }),
  )
}
