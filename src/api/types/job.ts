import type { CloudVerdict } from './fleet.ts'
import type { Instant } from './units.ts'

export type JobState = 'idle' | 'running' | 'held' | 'completed' | 'failed' | 'removed' | 'transferring'

export interface JobQuery {
  /** Only the principal's own. */
  mine: boolean
  /** Id of a submission, or a unique beginning of it or of its digest. */
  submission?: string | undefined
  cluster?: number | undefined
  /** Those that left the queue as well. */
  all?: boolean | undefined
  /** At most so many, newest first. */
  limit?: number | undefined
}

export interface JobRow {
  /** `cluster.proc`. */
  id: string
  owner: string
  submission?: string | undefined
  state: JobState
  vmType?: string | undefined
  vm?: string | undefined
  cloud?: string | undefined
  /** Base name of the executable, and its arguments. */
  command: string
  submittedAt: Instant
  startedAt?: Instant | undefined
  holdReason?: string | undefined
}

export interface JobDetails extends JobRow {
  endedAt?: Instant | undefined
  exitCode?: number | undefined
  directory?: string | undefined
  output?: string | undefined
  error?: string | undefined
  log?: string | undefined
  image?: string | undefined
  flavor?: string | undefined
  keepaliveMinutes?: number | undefined
  requestCpus?: number | undefined
  requestMemoryMb?: number | undefined
  requestDiskKb?: number | undefined
  starts?: number | undefined
  webUrl?: string | undefined
}

export interface JobExplanation {
  job: JobRow
  /** One sentence: why the job is where it is. */
  explanation: string
  /** Demand group that the job was counted in. */
  group?: string | undefined
  verdicts: CloudVerdict[]
  /** Since when it is so. */
  since?: Instant | undefined
  notes: string[]
}

/** What became of one thing of several that were asked for. */
export interface RemovalResult {
  id: string
  ok: boolean
  /** Why it was not removed: there is no such job, or it is another user's. */
  refusal?: 'not-found' | 'denied' | undefined
  detail: string
}
