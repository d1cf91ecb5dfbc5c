import { Context } from '@temporalio/activity'
import type { Deps } from '#activities/deps.ts'
import { imageReplicationType, type ReplicationMemo } from '#contract/image-replication.ts'
import { cutQuery } from '#contract/lists.ts'
import { accountOf } from '#htcondor/account.ts'
import { CondorError } from '#htcondor/condor-error.ts'
import { removeFilesAs } from '#htcondor/remove-files-as.ts'
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
  const signal = Context.current().cancellationSignal
  const removed: string[] = []
  const query = cutQuery(imageReplicationType, config.pool, new Date(Date.now() - lookBack))
  for await (const { workflowId, memo } of client.workflow.list({ query })) {
    const own = memo?.['replication'] as ReplicationMemo | undefined
    if (own === undefined) continue
    removed.push(...(await removeCredentials(own, signal)))
    const { status } = await client.workflow.getHandle(workflowId).describe()
    const staging = new Staging(config.stateFolder, workflowId)
    if (status.name === 'RUNNING' || (await staging.bytes()) === 0) continue
    await staging.remove()
    removed.push(staging.path)
  }
  return removed
}

/** An account that is gone has nothing left that could be removed with its rights, and must not hinder the others. */
async function removeCredentials({ user, credentials }: ReplicationMemo, signal: AbortSignal): Promise<string[]> {
  try {
    return await removeFilesAs(await accountOf(user, signal), credentials, { signal })
  } catch (error) {
    if (!(error instanceof CondorError) || error.code !== 'not-found') throw error
    Context.current().log.warn('copies of credentials are not removed', { user, error })
    return []
  }
}
