import { seenCopy } from '#contract/copy-seen.ts'
import { imageReplicationId } from '#contract/image-replication.ts'
import type { CloudCopy } from '#contract/submission.ts'
import { copyVerdict } from '#domain/replication/copy-seen.ts'
import { askPatience } from './ask.ts'
import type { Context } from './context.ts'
import type { CopyStatus } from './types.ts'

/** How far the copies are that a submission waits for, in the words of the verdicts. */
export async function copyStatuses(context: Context, copies: readonly CloudCopy[]): Promise<CopyStatus[]> {
  const client = await context.client()
  return Promise.all(
    copies.map(async ({ cloud, from, image: { name }, hash }) => {
      const run = client.workflow.getHandle(imageReplicationId(hash.value, cloud))
      const seen = await client.withDeadline(Date.now() + askPatience, () => seenCopy(run))
      const { verdict: state, reason: message } = copyVerdict(seen)
      return { cloud, from, name, state, message }
    }),
  )
}
