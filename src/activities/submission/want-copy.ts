import { join } from 'node:path'
import { Context } from '@temporalio/activity'
import { WorkflowNotFoundError, type Client } from '@temporalio/client'
import type { Deps } from '#activities/deps.ts'
import type { CredentialName } from '#contract/credential.ts'
import {
  copyWanted,
  imageReplicationType,
  replicationMemo,
  type ImageReplicationInput,
  type ReplicationMemo,
} from '#contract/image-replication.ts'
import { imageReplicationStart } from '#contract/starts.ts'
import type { CloudCopy, SubmissionInput } from '#contract/submission.ts'
import { readFileAs, writeFileAs } from '#htcondor/files-as.ts'
import { removeFilesAs } from '#htcondor/remove-files-as.ts'

export interface CopyRequest {
  input: SubmissionInput
  copy: CloudCopy
}

/**
 * Starts the copying, or joins the run that copies the same data there; either tells the submission how it ends. While the data
 * are on their way for another project nothing is done: the submission asks again.
 */
export async function wantCopy({ client, config }: Deps, { input, copy }: CopyRequest): Promise<void> {
  const { workflowId: submission } = Context.current().info.workflowExecution ?? { workflowId: '' }
  const wanted = replicationInput(config.pool, input, copy)
  const start = imageReplicationStart(wanted)
  const running = await memoOfRunning(client, start.workflowId)
  if (running !== undefined && running.project !== copy.projectId) return
  if (running !== undefined && (await tell(client, start.workflowId, submission))) return

  await keepFor(input, copy.fromCredential, wanted.from.credential)
  await keepFor(input, copy.credential, wanted.to.credential)
  const { signaledRunId } = await client.workflow.signalWithStart(imageReplicationType, {
    ...start,
    signal: copyWanted,
    signalArgs: [{ submission }],
  })
  const own = replicationMemo(wanted).credentials
  const { memo } = await client.workflow.getHandle(start.workflowId, signaledRunId).describe()
  const used = (memo?.['replication'] as ReplicationMemo | undefined)?.credentials ?? []
  // another was first, and has copies of its own
  if (!own.some((file) => used.includes(file))) await removeFilesAs(input.account, own)
}

/** With copies of the submission's credentials: it may end before the replication, which removes its own. */
function replicationInput(pool: string, input: SubmissionInput, copy: CloudCopy): ImageReplicationInput {
  const { activityId } = Context.current().info
  const { user } = input.account
  const keep = ({ entry }: CredentialName, cloud: string): CredentialName => ({
    // the same for each attempt, and for nothing else
    file: join(input.stateFolder, 'credentials', `copy-${copyId(copy, activityId)}.${cloud}.yaml`),
    entry,
    user,
  })
  return {
    pool,
    user,
    image: { id: copy.image.id, name: copy.image.name },
    hash: copy.hash,
    from: { cloud: copy.from, credential: keep(copy.fromCredential, copy.from) },
    to: { cloud: copy.cloud, credential: keep(copy.credential, copy.cloud), project: copy.projectId },
  }
}

function copyId({ cloud }: CloudCopy, activityId: string): string {
  const { runId } = Context.current().info.workflowExecution ?? { runId: '' }
  return `${runId}-${activityId}-${cloud}`
}

async function keepFor({ account }: SubmissionInput, from: CredentialName, to: CredentialName): Promise<void> {
  await writeFileAs(account, to.file, await readFileAs(account, from.file))
}

async function memoOfRunning(client: Client, workflowId: string): Promise<ReplicationMemo | undefined> {
  try {
    const { status, memo } = await client.workflow.getHandle(workflowId).describe()
    return status.name === 'RUNNING' ? (memo?.['replication'] as ReplicationMemo | undefined) : undefined
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}

/** @returns whether it runs still */
async function tell(client: Client, workflowId: string, submission: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId).signal(copyWanted, { submission })
    return true
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}
