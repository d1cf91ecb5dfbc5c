import { cleanupType } from './cleanup.ts'
import type { credentialRotationType } from './credential-rotation.ts'
import { fleetId } from './fleet.ts'
import type { imageReplicationType } from './image-replication.ts'
import { submissionType } from './submission.ts'
import { vmLifecycleType } from './vm-lifecycle.ts'

/** A value in a visibility query, quoted. */
const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`

const both = (...conditions: (string | undefined)[]): string => conditions.filter((c) => c !== undefined).join(' AND ')

/** VMs whose workflow runs: what must exist somewhere. */
export function vmsQuery(pool: string, { cloud, running = true }: { cloud?: string; running?: boolean } = {}): string {
  return both(
    `WorkflowType = ${quoted(vmLifecycleType)}`,
    running ? `ExecutionStatus = 'Running'` : undefined,
    `CanfarPool = ${quoted(pool)}`,
    cloud === undefined ? undefined : `CanfarCloud = ${quoted(cloud)}`,
  )
}

export function submissionsQuery(
  pool: string,
  { user, running = true }: { user?: string; running?: boolean } = {},
): string {
  return both(
    `WorkflowType = ${quoted(submissionType)}`,
    running ? `ExecutionStatus = 'Running'` : undefined,
    `CanfarPool = ${quoted(pool)}`,
    user === undefined ? undefined : `CanfarUser = ${quoted(user)}`,
  )
}

/** Every workflow of the pool that runs, whatever its type. */
export const runningQuery = (pool: string): string =>
  both(`CanfarPool = ${quoted(pool)}`, `ExecutionStatus = 'Running'`)

/** Runs of the fleet that have ended, newest first. */
export function earlierFleetQuery(pool: string): string {
  return both(`WorkflowId = ${quoted(fleetId(pool))}`, `ExecutionStatus != 'Running'`)
}

/** Passes of the cleanup that found something, newest first. */
export function cleanupsQuery(pool: string, cloud?: string): string {
  return both(
    `WorkflowType = ${quoted(cleanupType)}`,
    `CanfarPool = ${quoted(pool)}`,
    cloud === undefined ? undefined : `CanfarCloud = ${quoted(cloud)}`,
    `CanfarState IN ('acted', 'frozen', 'unproven')`,
  )
}

/** Submissions, replications or rotations that were ended from outside since a moment: they have not cleared up behind themselves. */
export function cutQuery(
  type: typeof submissionType | typeof imageReplicationType | typeof credentialRotationType,
  pool: string,
  since: Date,
): string {
  return both(
    `WorkflowType = ${quoted(type)}`,
    `CanfarPool = ${quoted(pool)}`,
    `ExecutionStatus IN ('Terminated', 'TimedOut')`,
    `CloseTime > ${quoted(since.toISOString())}`,
  )
}

/** VMs whose workflow was ended from outside since a moment: their servers may be there. */
export function cutVmsQuery(pool: string, since: Date): string {
  return both(
    `WorkflowType = ${quoted(vmLifecycleType)}`,
    `CanfarPool = ${quoted(pool)}`,
    `ExecutionStatus IN ('Terminated', 'TimedOut', 'Failed')`,
    `CloseTime > ${quoted(since.toISOString())}`,
  )
}

/** VMs that are gone for good. One whose workflow was ended from outside is not: it may be at work, and be adopted. */
export const goneVmsQuery = (pool: string, since: Date): string =>
  both(closedVmsQuery(pool, since), `ExecutionStatus = 'Completed'`)

/** VMs whose workflow ended since a moment, newest first. */
export function closedVmsQuery(pool: string, since: Date, cloud?: string): string {
  return both(
    `WorkflowType = ${quoted(vmLifecycleType)}`,
    `CanfarPool = ${quoted(pool)}`,
    cloud === undefined ? undefined : `CanfarCloud = ${quoted(cloud)}`,
    // on SQL stores a workflow that runs closes at the end of time
    `ExecutionStatus != 'Running'`,
    `CloseTime > ${quoted(since.toISOString())}`,
  )
}
