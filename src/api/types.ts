import type { JobCounts, SubmissionState as RunningState } from '#contract/submission.ts'
import type { ProblemData } from '#domain/problem.ts'
import type { VmReason } from '#domain/vm/reason.ts'
import type { VmState } from '#domain/vm/state.ts'

/** What a caller may do: `user` acts on what is theirs, `operator` on everything. */
export type Role = 'user' | 'operator'

/** On whose behalf a function acts. Whoever calls the api has made sure of it: on a login host the operating system, in a web service its login. */
export interface Principal {
  user: string
  uid: number
  gid: number
  home: string
  /** OpenStack projects that the user named, e.g. by `OS_PROJECT_NAME`. */
  projects: string[]
  roles: Role[]
}

/** Where an api finds its configuration and the user's credentials. */
export interface OpenOptions {
  /** Path of the configuration file; without it the places of docs/configuration.md are searched. */
  config?: string | undefined
  /** The caller's environment; never `process.env` of a shared process. */
  env: Readonly<Record<string, string | undefined>>
  /** Against this directory relative paths are resolved. */
  directory: string
}

/**
 * Opens the api. Reads the configuration, connects to nothing yet: `diagnose` must work when Temporal does not.
 *
 * @throws Problem of kind `auth` if the configuration is missing or wrong.
 */
export type OpenApi = (principal: Principal, options: OpenOptions) => Promise<Api>

/** A moment as ISO 8601 in UTC, e.g. `2025-11-21T08:00:00.000Z`. */
export type Instant = string

/** A length of time in milliseconds. */
export type Milliseconds = number

/** Everything that a caller can ask for. Plain data in and out; what a person can mend is thrown as a `Problem`. */
export interface Api {
  submit(request: SubmitRequest): Promise<Submission>
  /** The same reading, resolving and planning as `submit`, with nothing shared, submitted or booted. */
  previewSubmission(request: SubmitRequest): Promise<SubmissionPreview>
  /** Ends with a progress of an end state. Aborting stops the watching, never the submission. */
  watchSubmission(id: string, signal: AbortSignal): AsyncIterable<SubmissionProgress>

  listJobs(query: JobQuery): Promise<JobRow[]>
  /** @throws Problem `JobNotFound`. */
  showJob(id: string): Promise<JobDetails>
  /** @throws Problem `JobNotFound`. */
  whyJob(id: string): Promise<JobExplanation>
  /** Each id is a job (`12.3`) or a whole cluster (`12`). */
  removeJobs(ids: string[]): Promise<RemovalResult[]>

  listVms(query: VmQuery): Promise<VmRow[]>
  /** @throws Problem `VmNotFound`. */
  showVm(name: string): Promise<VmDetails>
  /** @throws Problem `VmNotFound`. */
  retireVm(name: string, reason: string, options: { drain: true }): Promise<RetireResult>

  listClouds(): Promise<CloudRow[]>
  /** @throws Problem `CloudNotFound`. */
  showCloud(name: string): Promise<CloudDetails>
  /** @throws Problem `CloudNotFound`. */
  enableCloud(name: string, reason?: string): Promise<CloudRow>
  /** @throws Problem `CloudNotFound`. */
  disableCloud(name: string, reason: string): Promise<CloudRow>

  showFleet(): Promise<FleetOverview>
  /** The plan that the fleet would make now, not applied. */
  planFleet(): Promise<FleetPlanPreview>

  listImages(query: ImageQuery): Promise<ImageRow[]>
  /** Shares a user's image with the batch project of each cloud that has it. */
  shareImage(image: string, query: ImageQuery): Promise<ImageSharingResult[]>

  /** One check after another, as each ends. A check that fails is an item, never a throw. */
  diagnose(): AsyncIterable<Check>
  /** The configuration in force; secrets as their names only. */
  showConfig(): Promise<ConfigEntry[]>

  close(): Promise<void>
}

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

export type { JobCounts }

/** A name together with the id that it means on one cloud. */
export interface CloudChoice {
  cloud: string
  id: string
  name: string
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
  warnings: string[]
}

export interface SubmissionPreview {
  /** The submit file as HTCondor would get it. */
  rendered: string
  jobs: number
  images: CloudChoice[]
  flavors: CloudChoice[]
  /** Where worker VMs for these jobs would be booted, and why not elsewhere. */
  verdicts: CloudVerdict[]
  warnings: string[]
}

export interface SubmissionProgress {
  state: SubmissionState
  counts: JobCounts
  clusters: ClusterSummary[]
  vms: { name: string; cloud: string; state: VmState }[]
  /** One short sentence on what is happening. */
  message: string
  at: Instant
  /** Why it failed; only in the state `failed`. */
  problem?: ProblemData | undefined
}

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

/** The recorded reason why a demand group did or did not get a VM on a cloud. */
export interface CloudVerdict {
  cloud: string
  /** Stable word, e.g. `boot`, `QuotaExceeded`, `NeverMatched`. */
  verdict: string
  /** The same for people, with figures. */
  reason: string
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

export interface VmQuery {
  cloud?: string | undefined
  state?: VmState | undefined
  /** Those that are gone as well. */
  all?: boolean | undefined
}

export interface VmRow {
  name: string
  cloud: string
  state: VmState
  reason?: VmReason | undefined
  owner: string
  vmType: string
  image: string
  flavor: string
  age: Milliseconds
  jobs: { running: number; started: number }
  idleFor?: Milliseconds | undefined
  /** When the present state is given up. */
  deadline?: Instant | undefined
}

export interface VmTransition {
  at: Instant
  state: VmState
  because: string
}

export interface VmDetails extends VmRow {
  history: VmTransition[]
  serverId?: string | undefined
  address?: string | undefined
  workflowId: string
  webUrl: string
  links?: { title: string; url: string }[] | undefined
}

export interface RetireResult {
  name: string
  state: VmState
  detail: string
}

export interface CloudRow {
  name: string
  enabled: boolean
  /** Why it is disabled, or enabled again. */
  reason?: string | undefined
  /** Who said so. */
  by?: string | undefined
  since?: Instant | undefined
  /** Whether the last look at it succeeded; `unknown` before the first. */
  reachable: boolean | 'unknown'
  lastSeen?: Instant | undefined
  vms: number
  booting: number
  /** A limit of -1 is no limit. */
  cores: { used: number; limit: number }
  /** Higher is preferred. */
  priority: number
}

export interface CloudDetails extends CloudRow {
  authUrl: string
  project: string
  region?: string | undefined
  network?: string | undefined
  availabilityZone?: string | undefined
  ram?: { usedMb: number; limitMb: number } | undefined
  instances?: { used: number; limit: number } | undefined
  breakers: BreakerRow[]
  lastError?: string | undefined
}

export interface BreakerRow {
  cloud: string
  /** What is not tried for now: an image and flavor, or a zone and flavor. */
  scope: string
  state: 'open' | 'half-open'
  reason: string
  until?: Instant | undefined
}

export interface DemandRow {
  group: string
  owner: string
  vmType: string
  flavor: string
  idle: number
  /** VMs on their way or serving for it. */
  supply: number
  verdicts: CloudVerdict[]
}

export interface FleetOverview {
  pool: string
  clouds: CloudRow[]
  demand: DemandRow[]
  vms: { state: VmState; count: number }[]
  breakers: BreakerRow[]
  lastPlanAt?: Instant | undefined
}

export interface FleetPlanPreview {
  boots: { cloud: string; owner: string; vmType: string; flavor: string; count: number; reason: string }[]
  retirements: { name: string; cloud: string; reason: string }[]
  verdicts: ({ group: string } & CloudVerdict)[]
}

export interface ImageQuery {
  cloud?: string | undefined
}

export interface ImageRow {
  name: string
  id: string
  cloud: string
  project?: string | undefined
  status: string
  visibility: string
  sizeBytes?: number | undefined
  createdAt?: Instant | undefined
  /** Whether the batch project can boot it. */
  usable: boolean
}

export interface ImageSharingResult {
  cloud: string
  image: string
  id?: string | undefined
  /** `shared` now, `already` before, `open` to all, or `failed`. */
  outcome: 'shared' | 'already' | 'open' | 'failed'
  problem?: ProblemData | undefined
}

/** One thing that the doctor looked at. */
export interface Check {
  name: string
  ok: boolean | 'warn'
  /** What was found, one line. */
  detail: string
  /** The one command or sentence that mends it. */
  next?: string | undefined
}

export interface ConfigEntry {
  /** Dotted path, e.g. `temporal.address`. */
  key: string
  value: string
  /** Where the value comes from: `flag --config`, `CANFAR_BATCH_CONFIG`, `/etc/canfar-batch/config.yaml:12`, `default`. */
  origin: string
}
