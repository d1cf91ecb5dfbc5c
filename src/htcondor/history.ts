import { all, any, quoteText } from './expression.ts'
import { historySince } from './history-since.ts'
import { isTrue, numberOf, queryRows } from './rows.ts'
import type { CallOptions, CondorTools } from './tools.ts'

/** What became of the jobs of one submission that have left the queue. */
export interface SubmissionHistory {
  submission: string
  owner: string
  /** Ended by themselves with exit code 0. */
  completed: number
  /** Ended by themselves otherwise. */
  failed: number
  /** Removed by their owner or an administrator. Duplicates that we removed are not counted at all. */
  removed: number
  /** `exit 1`, `signal 9` → number of jobs. */
  failures: Record<string, number>
}

/**
 * Reads the schedd's history from its newest entry backwards. It is a file of this host and needs no schedd.
 * @param since when the first of the submissions began, ms since 1970
 */
export async function historyBySubmission(
  tools: CondorTools,
  { submissions, since, ...options }: CallOptions & { submissions: readonly string[]; since?: number },
): Promise<SubmissionHistory[]> {
  const ours = all(any(submissions.map((id) => `CanfarSubmission =?= ${quoteText(id)}`)))
  const args = [...historySince(since), '-constraint', ours]
  const fields = ['Owner', 'JobStatus', 'ExitBySignal', 'ExitCode', 'ExitSignal', 'CanfarSubmission', 'RemoveReason']
  const found = new Map<string, SubmissionHistory>()
  for await (const [owner = '', status, bySignal, code, signal, submission = '', reason] of queryRows(
    tools,
    'condor_history',
    args,
    fields,
    options,
  )) {
    if (reason?.startsWith('canfar-batch: duplicate') === true) continue
    const key = `${owner} ${submission}`
    const counts = found.get(key) ?? { submission, owner, completed: 0, failed: 0, removed: 0, failures: {} }
    found.set(key, counts)
    if (status !== '4') counts.removed++
    else if (!isTrue(bySignal) && numberOf(code) === 0) counts.completed++
    else {
      counts.failed++
      const how = isTrue(bySignal) ? `signal ${signal}` : `exit ${code}`
      counts.failures[how] = (counts.failures[how] ?? 0) + 1
    }
  }
  return [...found.values()]
}
