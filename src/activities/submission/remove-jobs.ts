import { Context } from '@temporalio/activity'
import type { Account } from '#contract/submission.ts'
import { act } from '#htcondor/act-on-jobs.ts'
import { all, quoteText } from '#htcondor/expression.ts'
import { countsBySubmission } from '#htcondor/submission-counts.ts'
import type { CondorTools } from '#htcondor/tools.ts'

const lookEvery = 300
/** A job leaves when its shadow has; after this long it is looked after again by the next attempt, ms. */
const patienceMs = 60_000
/** What a condor_submit that was just killed has handed in may still arrive. */
const emptyLooks = 2

/**
 * Takes a submission's jobs out of the queue and waits until they have left it: only then does the history say how each
 * ended. Those that had left before stay as they ended.
 */
export async function removeJobs(condor: CondorTools, account: Account, submission: string): Promise<void> {
  const context = Context.current()
  const ours = all(`Owner == ${quoteText(account.user)}`, `CanfarSubmission =?= ${quoteText(submission)}`)
  const reason = 'canfar-batch: the submission was cancelled'
  const end = performance.now() + patienceMs
  for (let empty = 0; ;) {
    await act(condor, 'remove', ours, { as: account, reason })
    const left = (await countsBySubmission(condor, { submissions: [submission] })).filter(
      ({ owner }) => owner === account.user,
    )
    empty = left.length === 0 ? empty + 1 : 0
    if (empty === emptyLooks) return
    if (performance.now() > end) throw new Error(`removed jobs of ${submission} are still in the queue`)
    await context.sleep(lookEvery)
  }
}
