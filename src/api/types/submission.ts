import type { JobCounts, SubmissionState as RunningState } from '#contract/submission.ts'
import type { ProblemData } from '#domain/problem.ts'
import type { VmState } from '#domain/vm/state.ts'
import type { CloudVerdict } from './fleet.ts'
import type { Instant, Milliseconds } from './units.ts'

export interface SubmitRequest {
  /** Path of the submit file as the user typed it. */
  file: string
  /** Name or id; without it the file's `+VMImage` counts. */
  image?: string | undefined
  /** Name or id; without it the smallest that meets the file's request_cpus, request_memory and request_disk. */
  flavor?: string | undefined
  /** Absolute path in which the jobs are submitted. */
  directory: string
  /** A new submission although one of the same file, arguments and directory is running. */
  again?: boolean | undefined
  /** Path of the user's proxy certificate. */
  proxy?: string | undefined
  keepaliveMinutes?: number | undefined
  /** How long to wait until the jobs are in the queue; 2 min without it. The submission goes on by itself after that. */
  patience?: Milliseconds | undefined
  /** Account that runs the jobs inside the worker VM. */
  user?: string | undefined
}

/** How far a submission is: what its workflow says, or `failed` when that ended with a problem. `done`, `removed` and `failed` are end states. */
export type SubmissionState = RunningState | 'failed'

/** A name together with the id that it means on one cloud. */
export interface CloudChoice {
  cloud: string
  id: string
  name: string
}

/** A cloud to which the image is copied, so that jobs may run there too. */
export interface CopySummary {
  cloud: string
  /** The cloud that it comes from. */
  from: string
  /** Of the image. */
  name: string
}

/** How far that copy is. */
export interface CopyStatus extends CopySummary {
  state: 'copying' | 'copy-failed'
  /** `copying, 40 %`, or what went wrong and what can be done. */
  message: string
}

export interface ClusterSummary {
  id: number
  jobs: number
}

export interface Submission {
  /** Id of the submission: `submission/<user>/<digest>`. */
  submission: string
  workflowId: string
  /** Page of the workflow in the Temporal web UI. */
  webUrl: string
  state: SubmissionState
  /** The same file, arguments and directory are already being worked on: shown, not repeated. */
  alreadyRunning: boolean
  clusters: ClusterSummary[]
  images: CloudChoice[]
  flavors: CloudChoice[]
  /** Clouds that do not have the image yet. */
  copies: CopyStatus[]
  warnings: string[]
}

export interface SubmissionPreview {
  /** The submit file as HTCondor would get it. */
  rendered: string
  jobs: number
  images: CloudChoice[]
  flavors: CloudChoice[]
  /** Clouds to which the image would be copied. */
  copies: CopySummary[]
  /** Where worker VMs for these jobs would be booted, and why not elsewhere. */
  verdicts: CloudVerdict[]
  warnings: string[]
}

export interface SubmissionProgress {
  state: SubmissionState
  counts: JobCounts
  clusters: ClusterSummary[]
  vms: { name: string; cloud: string; state: VmState }[]
  /** Clouds that do not have the image yet. */
  copies: CopyStatus[]
  /** One short sentence on what is happening. */
  message: string
  at: Instant
  /** Why it failed; only in the state `failed`. */
  problem?: ProblemData | undefined
}

export type { JobCounts }
