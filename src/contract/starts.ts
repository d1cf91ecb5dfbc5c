import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy, type SearchAttributePair } from '@temporalio/common'
import type { Deadlines } from '#domain/deadlines.ts'
import { cleanupId, type CleanupInput } from './cleanup.ts'
import { credentialRotationId, rotationMemo, type CredentialRotationInput } from './credential-rotation.ts'
import { fleetId, type FleetInput, type StartedVm } from './fleet.ts'
import { housekeepingId, type HousekeepingInput } from './housekeeping.ts'
import { imageReplicationId, replicationMemo, type ImageReplicationInput } from './image-replication.ts'
import { imageSharingId, type ImageSharingInput } from './image-sharing.ts'
import { imageUnsharingId, type ImageUnsharingInput } from './image-unsharing.ts'
import { previewId, type PreviewInput } from './preview.ts'
import { operationsQueue } from './queues.ts'
import { searchAttributes as keys } from './search-attributes.ts'
import { submissionMemo, type SubmissionInput } from './submission.ts'
import type { VmInput, VmMemo } from './vm-lifecycle.ts'
import { cloudWatchId, poolWatchId, type WatchInput } from './watch.ts'

/** How a workflow is started: everything but its type and its client. */
export interface Start<Input> {
  workflowId: string
  taskQueue: string
  args: [Input]
  workflowIdConflictPolicy: WorkflowIdConflictPolicy
  workflowIdReusePolicy: WorkflowIdReusePolicy
  typedSearchAttributes: SearchAttributePair[]
  memo?: Record<string, unknown>
  staticSummary?: string
}

/**
 * A VM's workflow starts once and never again under its id: `USE_EXISTING` alone would start a second run as soon as the
 * first has closed. "Already started" is success to whoever repeats the start.
 */
export function vmStart(
  pool: string,
  controlPlane: string,
  { vm, order, at }: StartedVm,
  deadlines: Deadlines,
): Start<VmInput> {
  const memo: VmMemo = { order, bornAt: at }
  return {
    workflowId: vm,
    taskQueue: operationsQueue(pool),
    args: [{ pool, controlPlane, order, deadlines }],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    typedSearchAttributes: [
      { key: keys.pool, value: pool },
      { key: keys.cloud, value: order.cloud },
      { key: keys.user, value: order.tenant },
      { key: keys.project, value: order.project },
      { key: keys.vmType, value: order.vmType },
      { key: keys.state, value: 'creating' },
    ],
    memo: { vm: memo },
    staticSummary: `${order.flavor.name} with ${order.vmType} for ${order.tenant} on ${order.cloud}`,
  }
}

/** Starts the workflow of a VM again that was ended from outside, never of one that came to its end. */
export function vmAdoption(
  { pool, controlPlane, deadlines }: { pool: string; controlPlane: string; deadlines: Deadlines },
  started: StartedVm,
  adopted: NonNullable<VmInput['adopted']>,
): Start<VmInput> {
  const start = vmStart(pool, controlPlane, started, deadlines)
  return {
    ...start,
    args: [{ ...start.args[0], adopted }],
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
  }
}

export function fleetStart(input: FleetInput): Start<FleetInput> {
  return existing(fleetId(input.pool), input.pool, input, [])
}

export function watchStart(input: WatchInput): Start<WatchInput> {
  const id = input.kind === 'cloud' ? cloudWatchId(input.cloud) : poolWatchId(input.pool)
  return existing(id, input.pool, input, input.kind === 'cloud' ? [{ key: keys.cloud, value: input.cloud }] : [])
}

export function imageSharingStart(input: ImageSharingInput, user: string): Start<ImageSharingInput> {
  return existing(imageSharingId(input.cloud, input.image.id, input.project), input.pool, input, [
    { key: keys.cloud, value: input.cloud },
    { key: keys.user, value: user },
  ])
}

export function imageUnsharingStart(input: ImageUnsharingInput, user: string): Start<ImageUnsharingInput> {
  return existing(imageUnsharingId(input.cloud, input.image.id, input.project), input.pool, input, [
    { key: keys.cloud, value: input.cloud },
    { key: keys.user, value: user },
  ])
}

/** The same data asked for again while they are copied: the same run. */
export function imageReplicationStart(input: ImageReplicationInput): Start<ImageReplicationInput> {
  const { pool, user, hash, image, from, to } = input
  return {
    ...existing(imageReplicationId(hash.value, to.cloud), pool, input, [
      { key: keys.cloud, value: to.cloud },
      { key: keys.user, value: user },
    ]),
    memo: { replication: replicationMemo(input) },
    staticSummary: `${image.name} from ${from.cloud} to ${to.cloud} for ${user}`,
  }
}

/** One at a time for a cloud. */
export function credentialRotationStart(input: CredentialRotationInput): Start<CredentialRotationInput> {
  const { pool, cloud, by } = input
  return {
    ...existing(credentialRotationId(cloud), pool, input, [{ key: keys.cloud, value: cloud }]),
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    memo: { rotation: rotationMemo(input) },
    staticSummary: `credential of ${cloud}, by ${by}`,
  }
}

/** One that is running is shown, not repeated; one that has ended may be submitted again. */
export function submissionStart(workflowId: string, input: SubmissionInput): Start<SubmissionInput> {
  return {
    ...existing(workflowId, input.pool, input, [
      { key: keys.user, value: input.account.user },
      { key: keys.state, value: 'validating' },
    ]),
    memo: { submission: submissionMemo(input) },
    staticSummary: `${input.file} of ${input.account.user}`,
  }
}

export function cleanupStart(input: CleanupInput, asked?: string): Start<CleanupInput> {
  const id = cleanupId(input.pool, input.cloud)
  return existing(asked === undefined ? id : `${id}/${asked}`, input.pool, input, [
    { key: keys.cloud, value: input.cloud },
  ])
}

export function housekeepingStart(input: HousekeepingInput): Start<HousekeepingInput> {
  return existing(housekeepingId(input.pool), input.pool, input, [])
}

/** Whoever asked has long gone away when its time is over. */
export function previewStart(
  input: PreviewInput,
  asked: string,
): Start<PreviewInput> & { workflowExecutionTimeout: '1 minute' } {
  return { ...existing(previewId(input.pool, asked), input.pool, input, []), workflowExecutionTimeout: '1 minute' }
}

function existing<Input>(workflowId: string, pool: string, input: Input, more: SearchAttributePair[]): Start<Input> {
  return {
    workflowId,
    taskQueue: operationsQueue(pool),
    args: [input],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    typedSearchAttributes: [{ key: keys.pool, value: pool }, ...more],
  }
}
