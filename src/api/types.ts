import type { CleanupOptions, CleanupPass } from './types/cleanup.ts'
import type { CloudDetails, CloudRow, FleetOverview, FleetPlanPreview } from './types/fleet.ts'
import type { FlavorList, FlavorQuery } from './types/flavor.ts'
import type {
  ImageQuery,
  ImageRow,
  ImageSharingQuery,
  ImageSharingResult,
  ImageUnsharingResult,
} from './types/image.ts'
import type { JobDetails, JobExplanation, JobQuery, JobRow, RemovalResult } from './types/job.ts'
import type { Principal } from './types/principal.ts'
import type { Rotation, RotationStatus } from './types/rotation.ts'
import type { Replication, ReplicationRequest, ReplicationStatus } from './types/replication.ts'
import type { Check, CloudCheckOptions, ConfigEntry } from './types/site.ts'
import type { Submission, SubmissionPreview, SubmissionProgress, SubmitRequest } from './types/submission.ts'
import type { RetireResult, VmDetails, VmQuery, VmRow } from './types/vm.ts'

export type * from './types/principal.ts'
export type * from './types/units.ts'
export type * from './types/submission.ts'
export type * from './types/job.ts'
export type * from './types/vm.ts'
export type * from './types/fleet.ts'
export type * from './types/flavor.ts'
export type * from './types/image.ts'
export type * from './types/replication.ts'
export type * from './types/rotation.ts'
export type * from './types/cleanup.ts'
export type * from './types/site.ts'

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
  /** Names of the configured clouds, or of the given one. @throws Problem `CloudNotFound`. */
  cloudNames(name?: string): Promise<string[]>
  /** Whether a cloud is fit for worker VMs. A check that fails is an item, never a throw. @throws Problem `CloudNotFound`. */
  checkCloud(name: string, options: CloudCheckOptions): AsyncIterable<Check>

  /**
   * Begins to replace the credential of a cloud's batch project, or finds the rotation that runs.
   * @param lender the entry of the caller's clouds.yaml that may make credentials; without it their `OS_` variables, or else the site's own
   * @throws Problem `CloudNotFound`, `OwnerMissing`
   */
  rotateCredential(name: string, lender?: string): Promise<Rotation>
  /** Ends with `rotated` or `failed`. Aborting stops the watching, never the rotation. */
  watchRotation(workflowId: string, signal: AbortSignal): AsyncIterable<RotationStatus>

  showFleet(): Promise<FleetOverview>
  /** The plan that the fleet would make now, not applied. */
  planFleet(): Promise<FleetPlanPreview>

  /** @throws Problem `ImageUnknown` and others of the first cloud, if nothing can be said of any. */
  listFlavors(query: FlavorQuery): Promise<FlavorList>

  listImages(query: ImageQuery): Promise<ImageRow[]>
  /** Shares a user's image with projects of each cloud that has it. @throws Problem `CloudNotFound`, `NoCredentials` */
  shareImage(image: string, query: ImageSharingQuery): Promise<ImageSharingResult[]>
  /** Takes it from them again. @throws Problem `CloudNotFound`, `NoCredentials` */
  unshareImage(image: string, projects: readonly string[], query: ImageQuery): Promise<ImageUnsharingResult[]>
  /** Copies a user's image to another cloud, where it will be theirs too. The same data asked for again: the same run. */
  replicateImage(request: ReplicationRequest): Promise<Replication>
  /** Ends with `already`, `copied` or `failed`. Aborting stops the watching, never the copying. */
  watchReplication(workflowId: string, signal: AbortSignal): AsyncIterable<ReplicationStatus>

  /** What clouds, pool and records disagree about, on one cloud or all; nothing is done about it. @throws Problem `CloudNotFound` */
  planCleanup(cloud?: string): Promise<CleanupPass[]>
  /** The same, mended. @throws Problem `CloudNotFound` */
  runCleanup(cloud: string | undefined, options: CleanupOptions): Promise<CleanupPass[]>
  /** Passes that found something, newest first. @throws Problem `CloudNotFound` */
  listCleanups(query: { cloud?: string | undefined; limit?: number | undefined }): Promise<CleanupPass[]>

  /** One check after another, as each ends. A check that fails is an item, never a throw. */
  diagnose(): AsyncIterable<Check>
  /** The configuration in force; secrets as their names only. */
  showConfig(): Promise<ConfigEntry[]>

  close(): Promise<void>
}
