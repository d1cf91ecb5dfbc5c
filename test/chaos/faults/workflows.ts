import { fleetId } from '#contract/fleet.ts'
import { vmsQuery } from '#contract/lists.ts'
import { cloudWatchId, poolWatchId } from '#contract/watch.ts'
import { POOL } from '#testbed/site/site-files.ts'
import type { FaultKind, World } from './kind.ts'

/** Workflows that somebody ends in the web UI, by mistake. Nothing that they were for may be lost with them. */

const terminated = (
  kind: string,
  weight: number,
  pick: (world: World, at: number) => Promise<string | undefined>,
  target: (id: string) => string,
): FaultKind => ({
  kind,
  weight,
  lasts: [0, 0],
  // until the next comparison of the books
  echo: 30,
  inject: async (world, random) => {
    const id = await pick(world, random.next())
    if (id === undefined) return undefined
    await world.own.client.workflow.getHandle(id).terminate('chaos')
    return { target: target(id) }
  },
})

async function someVm({ own }: World, at: number): Promise<string | undefined> {
  const ids: string[] = []
  for await (const { workflowId } of own.client.workflow.list({ query: vmsQuery(POOL) })) ids.push(workflowId)
  return ids.toSorted()[Math.floor(at * ids.length)]
}

async function someWatch({ clouds }: World, at: number): Promise<string | undefined> {
  const ids = [poolWatchId(POOL), ...clouds.map(({ name }) => cloudWatchId(name))]
  return ids[Math.floor(at * ids.length)]
}

export const VM_TERMINATED = 'VM workflow terminated'

export const workflowFaults: readonly FaultKind[] = [
  terminated(VM_TERMINATED, 3, someVm, (id) => `vm/${id}`),
  terminated(
    'fleet terminated',
    1,
    () => Promise.resolve(fleetId(POOL)),
    (id) => `workflow/${id}`,
  ),
  terminated('watch terminated', 1, someWatch, (id) => `workflow/${id}`),
]
