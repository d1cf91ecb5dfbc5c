import { all, any, quoteText } from './expression.ts'
import { isTrue, numberOf, queryRows } from './rows.ts'
import type { CallOptions, CondorTools } from './tools.ts'

/** The jobs that one user has in the queue for one submission. */
export interface SubmissionCounts {
  submission: string
  owner: string
  clusters: number[]
  idle: number
  running: number
  /** Suspended on their machine. */
  suspended: number
  held: number
  /** Of the held: not yet released by us, or held at the user's own wish. */
  submittedOnHold: number
  /** Bringing their output back, or done and waiting for it to be fetched. */
  transferring: number
  completed: number
  removed: number
  /** Jobs that a factory has not made yet. */
  unmaterialised: number
  /** The factories that are paused. */
  pausedFactories: number
  /** Why jobs are held, most frequent first, a few only. */
  holdReasons: { reason: string; jobs: number }[]
}

const mostReasons = 5
/** Reasons may hold file names and job numbers; past this many, further ones only count as held. */
const mostDistinct = 1000

/**
 * What each submission has in the queue. A submission that is not in the answer has nothing there.
 * @param submissions only these; all if absent
 */
export async function countsBySubmission(
  tools: CondorTools,
  { submissions, ...options }: CallOptions & { submissions?: readonly string[] } = {},
): Promise<SubmissionCounts[]> {
  const chosen =
    submissions === undefined ? undefined : any(submissions.map((id) => `CanfarSubmission =?= ${quoteText(id)}`))
  const ours = ['-allusers', '-constraint', all('CanfarSubmission isnt undefined', chosen)]
  const found = new Map<string, Collected>()
  const countsOf = (owner: string | undefined, submission: string | undefined, cluster: string | undefined) => {
    const key = `${owner} ${submission}`
    const known = found.get(key) ?? empty(submission ?? '', owner ?? '')
    found.set(key, known)
    known.clusters.add(Number(cluster))
    return known
  }
  const fields = ['Owner', 'ClusterId', 'JobStatus', 'HoldReasonCode', 'CanfarSubmission', 'HoldReason']
  for await (const [owner, cluster, status, code, submission, reason] of queryRows(
    tools,
    'condor_q',
    ours,
    fields,
    options,
  )) {
    const counts = countsOf(owner, submission, cluster)
    const state = stateOf[status ?? '']
    if (state !== undefined) counts[state]++
    if (state !== 'held') continue
    if (code === '15') counts.submittedOnHold++
    else if (counts.reasons.size < mostDistinct || counts.reasons.has(reason ?? '')) {
      counts.reasons.set(reason ?? '', (counts.reasons.get(reason ?? '') ?? 0) + 1)
    }
  }
  const factory = [
    'Owner',
    'ClusterId',
    'TotalSubmitProcs',
    'JobMaterializeNextProcId',
    'JobMaterializePaused',
    'CanfarSubmission',
  ]
  const args = ['-factory', ...ours]
  for await (const [owner, cluster, total, next, paused, submission] of queryRows(
    tools,
    'condor_q',
    args,
    factory,
    options,
  )) {
    const counts = countsOf(owner, submission, cluster)
    counts.unmaterialised += Math.max(0, (numberOf(total) ?? 0) - (numberOf(next) ?? 0))
    if (isTrue(paused)) counts.pausedFactories++
  }
  return [...found.values()].map(({ reasons, clusters, ...counts }) => ({
    ...counts,
    clusters: [...clusters].toSorted((a, b) => a - b),
    holdReasons: [...reasons]
      .map(([reason, jobs]) => ({ reason, jobs }))
      .toSorted((a, b) => b.jobs - a.jobs)
      .slice(0, mostReasons),
  }))
}

/** HTCondor's JobStatus. */
const stateOf: Readonly<
  Record<string, 'idle' | 'running' | 'removed' | 'completed' | 'held' | 'transferring' | 'suspended'>
> = {
  1: 'idle',
  2: 'running',
  3: 'removed',
  4: 'completed',
  5: 'held',
  6: 'transferring',
  7: 'suspended',
}

type Collected = Omit<SubmissionCounts, 'clusters' | 'holdReasons'> & {
  clusters: Set<number>
  reasons: Map<string, number>
}

function empty(submission: string, owner: string): Collected {
  const none = {
    idle: 0,
    running: 0,
    suspended: 0,
    held: 0,
    submittedOnHold: 0,
    transferring: 0,
    completed: 0,
    removed: 0,
  }
  return { submission, owner, ...none, unmaterialised: 0, pausedFactories: 0, clusters: new Set(), reasons: new Map() }
}
