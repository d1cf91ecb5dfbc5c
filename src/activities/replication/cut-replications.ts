import type { Deps } from '#activities/deps.ts'
import { removeKept } from '#activities/kept-credentials.ts'
import { imageReplicationType, type ReplicationMemo } from '#contract/image-replication.ts'
import { cutQuery } from '#contract/lists.ts'
import { Staging } from './staging.ts'

/** How long replications that were ended from outside are looked after, ms. */
const lookBack = 24 * 3_600_000

/**
 * Removes what replications have left that were ended from outside, in the web UI for instance: the copies of the user's credentials,
 * and the data, unless another run goes on with them. A record without data stays on the target until the image is asked for again.
 *
 * @returns the files that were removed
 */
export async function clearCutReplications({ client, config }: Deps): Promise<string[]> {
  const removed: string[] = []
  const query = cutQuery(imageReplicationType, config.pool, new Date(Date.now() - lookBack))
  for await (const { workflowId, memo } of client.workflow.list({ query })) {
    const own = memo?.['replication'] as ReplicationMemo | undefined
    if (own === undefined) continue
    removed.push(...(await removeKept(own.user, own.credentials)))
    const { status } = await client.workflow.getHandle(workflowId).describe()
    const staging = new Staging(config.stateFolder, workflowId)
    if (status.name === 'RUNNING' || (await staging.bytes()) === 0) continue
    await staging.remove()
    removed.push(staging.path)
  }
  return removed
}
