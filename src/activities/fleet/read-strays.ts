import type { Deps } from '#activities/deps.ts'
import { listedVm } from '#contract/listed.ts'
import { cutVmsQuery } from '#contract/lists.ts'
import { cloudWatchId, seenBy } from '#contract/watch.ts'
import type { FleetCloud } from '#domain/fleet/types.ts'

/** Longer than a look at a cloud takes until its watch has told of it, ms. */
const lookTakesMs = 60_000

/** Longer than `cleanup` needs to settle what was cut, ms. */
const settledMs = 3_600_000

/**
 * What takes from each cloud's caps beside the VMs that are known: servers that its watch sees without one, and VMs whose
 * workflow was ended from outside after its watch had last looked. Where that is long ago some count that are gone already,
 * until it looks again.
 * @param known read before this is called: a VM that is ended in between is then counted once, not never
 */
export async function readStrays(
  { client, config }: Pick<Deps, 'client'> & { config: { pool: string; clouds: readonly { name: string }[] } },
  known: ReadonlySet<string>,
  now: number,
): Promise<Record<string, FleetCloud['strays']>> {
  const cores = new Map<string, Map<string, number>>()
  const looked = new Map<string, number>()
  await Promise.all(
    config.clouds.map(async ({ name }) => {
      const handle = client.workflow.getHandle(cloudWatchId(name))
      const watch = await handle.describe().catch(() => undefined)
      const seen = watch && seenBy(watch)
      cores.set(name, new Map(seen?.strays?.map((stray) => [stray.vm, stray.cores])))
      // of a worker process whose clock is fast
      if (seen?.ok === true) looked.set(name, Math.min(seen.at, now))
    }),
  )
  for await (const listed of client.workflow.list({ query: cutVmsQuery(config.pool, new Date(now - settledMs)) })) {
    const vm = listedVm(listed)
    if (vm === undefined) continue
    const { cloud, flavor } = vm.order
    const noticed = (looked.get(cloud) ?? 0) - lookTakesMs
    if ((listed.closeTime?.getTime() ?? now) > noticed) cores.get(cloud)?.set(vm.vm, flavor.cores)
  }
  return Object.fromEntries(
    [...cores].map(([cloud, own]) => {
      const strays = [...own].filter(([vm]) => !known.has(vm))
      return [cloud, { vms: strays.length, cores: strays.reduce((sum, [, each]) => sum + each, 0) }]
    }),
  )
}
