import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common'
import type { Choice } from '#domain/choice.ts'
import type { CopyWish } from '#domain/replication/for-jobs.ts'
import type { CredentialName } from './credential.ts'
import { define } from './define.ts'
import type { Copy } from './image-replication.ts'

export const submissionType = 'submission'
/** `digest` is over the file's text, the arguments and the directory; `--again` adds a suffix. */
export const submissionId = (user: string, digest: string, again?: string): string =>
  `submission/${user}/${digest}${again === undefined ? '' : `-${again}`}`

/** An account of the access point, as its password file has it. */
export interface Account {
  user: string
  uid: number
  gid: number
  home: string
}

export interface SubmissionInput {
  pool: string
  account: Account
  /** When the user pressed Enter, ms since 1970: nothing of it is in the schedd's history before. */
  since: number
  /** Absolute path, and the SHA-256 of what the user saw when they pressed Enter. */
  file: string
  fileDigest: string
  directory: string
  /** The user's folder for rendered files. */
  stateFolder: string
  image?: string
  flavor?: string
  proxy?: string
  keepaliveMinutes?: number
  /** One credential for each cloud that the user can reach. */
  credentials: { cloud: string; credential: CredentialName }[]
}

/** The memo that goes with each submission: what has to be removed when it is over, should it be ended from outside. */
export interface SubmissionMemo {
  account: Account
  stateFolder: string
  /** Paths of the copies of the user's credentials, its own alone. */
  credentials: string[]
}

export const submissionMemo = ({ account, stateFolder, credentials }: SubmissionInput): SubmissionMemo => ({
  account,
  stateFolder,
  credentials: credentials.map(({ credential }) => credential.file),
})

/** Jobs of a submission by what they are doing, counted by the schedd and its history. */
export interface JobCounts {
  idle: number
  running: number
  held: number
  transferring: number
  completed: number
  failed: number
  removed: number
}

export const noJobs: JobCounts = { idle: 0, running: 0, held: 0, transferring: 0, completed: 0, failed: 0, removed: 0 }

export interface Cluster {
  id: number
  jobs: number
}

/** One cloud on which the submission's VMs may run. */
export interface CloudChoice extends Choice {
  credential: CredentialName
}

/** One cloud to which the image is copied, so that VMs may run there too; `credential` is the user's there. */
export interface CloudCopy extends CopyWish {
  credential: CredentialName
  fromCredential: CredentialName
}

/** How the copying of an image to a cloud ended: with a copy, or with what went wrong. */
export interface CopyEnd {
  cloud: string
  checksum: string
  copy?: Copy
  problem?: string
}

export type SubmissionState = 'validating' | 'sharing' | 'submitting' | 'queued' | 'done' | 'removed'

export interface SubmissionView {
  id: string
  state: SubmissionState
  clusters: Cluster[]
  choices: CloudChoice[]
  /** Clouds that do not have the image yet. */
  copies: CloudCopy[]
  counts: JobCounts
  warnings: string[]
  holdReasons: string[]
  since: number
}

export interface SubmissionResult {
  id: string
  clusters: Cluster[]
  counts: JobCounts
}

/** What the pool's watch tells a submission, only when its kind changes (first running, held, gone). */
export interface SubmissionObservation {
  at: number
  counts: JobCounts
  holdReasons: string[]
  /** True when a successful look at the queue, twice, found no job of it. */
  left: boolean
}

export const submissionObserved: SignalDefinition<[SubmissionObservation]> = define('signal', 'submissionObserved')
export const copyEnded: SignalDefinition<[CopyEnd]> = define('signal', 'copyEnded')
export const submissionView: QueryDefinition<SubmissionView> = define('query', 'submissionView')
/** Answers as soon as the jobs are in the queue. */
export const whenSubmitted: UpdateDefinition<SubmissionView> = define('update', 'whenSubmitted')

/**
 * What a submission's jobs are stamped with: its digest, and the last eight characters of the run that submits them. The first ones
 * are a clock (UUID version 7): two runs within a minute share them, and the second would take the jobs of the first for its own.
 */
export const stampOf = (workflowId: string, firstRunId: string): string =>
  `${workflowId.slice(workflowId.lastIndexOf('/') + 1)}.${firstRunId.slice(-8)}`
