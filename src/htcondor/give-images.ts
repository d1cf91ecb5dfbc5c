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
 * Lets the jobs of a submission that are in the queue, and those that its factories have yet to make, run from other images than
 * those with which they were submitted. They share the ad of their cluster, which is changed: once for all of them, and jobs that
 * were refused by every worker before are offered anew (23.9).
 * @throws CondorError
 */
export async function giveImages(tools: CondorTools, { as, submission, images, signal }: GiveImages): Promise<void> {
  const value = quoteText(images)
  const others = all(
    `CanfarSubmission =?= ${quoteText(submission)}`,
    `Owner == ${quoteText(as.user)}`,
    `VMAMI =!= ${value}`,
  )
  const clusters = new Set<string>()
  for (const what of [[], ['-factory']]) {
    const args = ['-allusers', ...what, '-constraint', others]
    for await (const [id = ''] of queryRows(tools, 'condor_q', args, ['ClusterId'], { signal })) clusters.add(id)
  }
  for (const id of clusters) await runTool(tools, 'condor_qedit', [`${id}.-1`, 'VMAMI', value], { as, signal })
}
