import type { Account } from './account.ts'
import { all, quoteText } from './expression.ts'
import { queryRows } from './rows.ts'
import { runTool, type CallOptions, type CondorTools } from './tools.ts'

export interface GiveImages extends CallOptions {
  as: Account
  /** The stamp of the jobs. */
  submission: string
  /** What `VMAMI` shall be: `arbutus:<id>,east:<id>`. */
  images: string
}

/**
 * Lets all jobs of a submission that are in the queue run from other images than those with which they were submitted, and those
 * that its factories have yet to make, for which the cluster's own ad is changed.
 * @returns how many jobs were changed
 * @throws CondorError
 */
export async function giveImages(tools: CondorTools, { as, submission, images, signal }: GiveImages): Promise<number> {
  const value = quoteText(images)
  const others = all(
    `CanfarSubmission =?= ${quoteText(submission)}`,
    `Owner == ${quoteText(as.user)}`,
    `VMAMI =!= ${value}`,
  )
  const clustersWith = async (...what: string[]): Promise<string[]> => {
    const args = ['-allusers', ...what, '-constraint', others]
    const clusters: string[] = []
    for await (const [id = ''] of queryRows(tools, 'condor_q', args, ['ClusterId'], { signal })) clusters.push(id)
    return clusters
  }
  // first: what a factory makes meanwhile is right already
  for (const cluster of await clustersWith('-factory')) {
    await runTool(tools, 'condor_qedit', [`${cluster}.-1`, 'VMAMI', value], { as, signal })
  }
  const { length } = await clustersWith()
  // it fails where there is nothing to change
  if (length > 0) await runTool(tools, 'condor_qedit', ['-constraint', others, 'VMAMI', value], { as, signal })
  return length
}
