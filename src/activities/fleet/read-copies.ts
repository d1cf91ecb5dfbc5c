import type { Client } from '@temporalio/client'
import { seenCopy } from '#contract/copy-seen.ts'
import { imageReplicationId } from '#contract/image-replication.ts'
import type { DemandGroup } from '#domain/demand.ts'
import type { CopySeen } from '#domain/replication/copy-seen.ts'

/** A plan does not wait for words about copies, ms. */
const patience = 5_000

/** How far the copies are that jobs wait for: by cloud and checksum. */
export async function readCopies(
  client: Client,
  groups: readonly DemandGroup[],
): Promise<Record<string, Record<string, CopySeen>>> {
  const awaited = new Map(
    groups.flatMap(({ copies = {} }) =>
      Object.entries(copies).map(
        ([cloud, checksum]) => [imageReplicationId(checksum, cloud), { cloud, checksum }] as const,
      ),
    ),
  )
  const seen: Record<string, Record<string, CopySeen>> = {}
  await Promise.all(
    [...awaited].map(async ([workflowId, { cloud, checksum }]) => {
      const handle = client.workflow.getHandle(workflowId)
      const copy = await client.withDeadline(Date.now() + patience, () => seenCopy(handle))
      if (copy !== undefined) seen[cloud] = { ...seen[cloud], [checksum]: copy }
    }),
  )
  return seen
}
