import type { ReplicationState } from '#domain/replication/progress.ts'
import type { ProblemData } from '#domain/problem.ts'

export interface ReplicationRequest {
  /** Name or id. */
  image: string
  to: string
  /** Without it: the first of the site's clouds, but `to`, on which the user has the image. */
  from?: string | undefined
}

export interface Replication {
  workflowId: string
  webUrl: string
  image: string
  /** On the cloud that it comes from. */
  id: string
  from: string
  to: string
  /** The same data were on their way already. */
  alreadyRunning: boolean
}

export interface ReplicationStatus {
  state: ReplicationState | 'failed'
  percent: number
  sizeBytes: number
  /** The copy, once it can be booted. */
  copy?: { id: string; name: string } | undefined
  message: string
  problem?: ProblemData | undefined
}
