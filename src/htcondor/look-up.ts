import type { Account } from './account.ts'
import { collectAttempts, type Attempt } from './attempts.ts'
import { all, quoteText } from './expression.ts'
import { historySince } from './history-since.ts'
import { isTrue, numberOf, queryRows, type Row } from './rows.ts'
import type { CallOptions, CondorTools } from './tools.ts'

/** A job that was submitted on hold and has not been released since: HoldReasonCode 15 is SubmittedOnHold. */
export const submittedOnHold = 'JobStatus == 5 && HoldReasonCode == 15'

const mark = 'canfar-batch: duplicate of cluster'

export const discardReason = (cluster: number): string => `${mark} ${cluster}`

export interface LookUpInput extends CallOptions {
  as: Account
  submission: string
  /** When the submission began, ms since 1970. */
  since?: number
}

const fields = ['ClusterId', 'JobStatus', 'HoldReasonCode', 'TotalSubmitProcs', 'CanfarAttempt', 'RemoveReason']

/**
 * Everything that the schedd knows of a submission, in its queue and then in its history: a job that leaves the queue in
 * between is in one of them, or both. Only the user's own jobs count; any user can write any submission's id.
 * @throws CondorError `unreachable`: then nothing is known, which is not the same as nothing
 */
export async function lookUpAttempts(
  tools: CondorTools,
  { as, submission, since, signal }: LookUpInput,
): Promise<Attempt[]> {
  const ours = ['-constraint', all(`CanfarSubmission =?= ${quoteText(submission)}`, `Owner == ${quoteText(as.user)}`)]
  const { add, attempts } = collectAttempts()
  const look = async (tool: string, args: string[]): Promise<void> => {
    for await (const [cluster, status, code, jobs, attempt, reason] of queryRows(
      tools,
      tool,
      [...args, ...ours],
      fields,
      { signal },
    )) {
      add({
        attempt: attempt ?? '',
        cluster: Number(cluster),
        jobs: numberOf(jobs) ?? 1,
        state: stateOf(status, code, reason),
      })
    }
  }
  const factory = ['ClusterId', 'TotalSubmitProcs', 'JobMaterializeNextProcId', 'JobMaterializePaused', 'CanfarAttempt']
  for await (const [cluster, jobs, next, paused, attempt] of queryRows(
    tools,
    'condor_q',
    ['-allusers', '-factory', ...ours],
    factory,
    { signal },
  )) {
    const untouched = numberOf(next) === 0 && isTrue(paused)
    const state = untouched ? 'waiting' : 'touched'
    add({ attempt: attempt ?? '', cluster: Number(cluster), jobs: numberOf(jobs) ?? 0, paused: untouched, state })
  }
  await look('condor_q', ['-allusers'])
  await look('condor_history', historySince(since))
  return attempts()
}

function stateOf(
  status: Row[number],
  holdReasonCode: Row[number],
  removeReason: Row[number],
): 'waiting' | 'touched' | 'discarded' {
  if (status === '3' && removeReason?.startsWith(mark) === true) return 'discarded'
  return status === '5' && holdReasonCode === '15' ? 'waiting' : 'touched'
}
