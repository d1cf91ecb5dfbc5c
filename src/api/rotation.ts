import { WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client'
import {
  credentialRotationId,
  credentialRotationType,
  rotationView,
  usedWithinMs,
  type CredentialRotationResult,
  type CredentialRotationView,
  type MadeCredential,
} from '#contract/credential-rotation.ts'
import { runHasEnded } from '#contract/questions.ts'
import { credentialRotationStart } from '#contract/starts.ts'
import { Problem } from '#domain/problem.ts'
import { askPatience } from './ask.ts'
import { configured } from './clouds.ts'
import { requireOperator, webUrl, type Context } from './context.ts'
import { asProblem } from './failure.ts'
import { lendOwner, type Lent } from './lend-owner.ts'
import type { Rotation, RotationStatus } from './types.ts'
import { watchRun } from './watch-run.ts'

/** Begins to replace the credential of a cloud's batch project. The worker process does it: only it may write clouds.yaml. */
export async function rotateCredential(context: Context, name: string, lender: string | undefined): Promise<Rotation> {
  requireOperator(context, 'rotating a credential')
  const cloud = configured(context, name)
  const workflowId = credentialRotationId(name)
  const common = { cloud: name, workflowId, webUrl: webUrl(context, workflowId) }
  const client = await context.client()
  const running = await client.workflow
    .getHandle(workflowId)
    .describe()
    .then(
      ({ status }) => status.name === 'RUNNING',
      () => false,
    )
  if (running) return { ...common, owner: '', alreadyRunning: true }
  const lent = await lendOwner(context, cloud, lender)
  const { lifetime, grace } = cloud.rotation
  const { pool } = context.loaded.config
  const by = context.principal.user
  const input = { pool, cloud: name, by, owner: lent.owner, lifetimeMs: lifetime, graceMs: grace, useMs: usedWithinMs }
  try {
    await client.withDeadline(Date.now() + askPatience, () =>
      client.workflow.start(credentialRotationType, credentialRotationStart(input)),
    )
    return { ...common, owner: lent.who, alreadyRunning: false }
  } catch (error) {
    await takeBack(lent)
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { ...common, owner: '', alreadyRunning: true }
    throw asProblem(error, workflowId)
  }
}

/** Nobody comes to use it; what cannot be deleted now ends by itself. */
const takeBack = (lent: Lent): Promise<void> => lent.takeBack().catch(() => undefined)

/** How a rotation gets on: one status for each change, until its end. */
export const watchRotation = (
  context: Context,
  workflowId: string,
  signal: AbortSignal,
): AsyncGenerator<RotationStatus> =>
  watchRun(context, workflowId, {
    signal,
    statusOf,
    hasEnded: ({ state }) => state === 'rotated' || state === 'failed',
  })

async function statusOf(handle: WorkflowHandle): Promise<RotationStatus> {
  const { status } = await handle.describe()
  if (status.name === 'RUNNING') {
    const view = await handle.query(rotationView)
    // it ends when it has also given back what was lent
    return told(view.state === 'rotated' ? { ...view, state: 'retiring' } : view)
  }
  if (status.name === 'COMPLETED') {
    const { deleted, putBack } = (await handle.result()) as CredentialRotationResult
    const end = told(await handle.query(rotationView, runHasEnded))
    return { ...end, state: 'rotated', deleted, ...(putBack === true ? { message: wasPutBack } : {}) }
  }
  return handle.result().then(
    () => failed(new Error('it has ended without a result')),
    (error: unknown) => failed(asProblem(error, handle.workflowId)),
  )
}

const wasPutBack = 'the older credential has been put back into clouds.yaml, and is left alone'

function told({ state, made, retiresAt }: CredentialRotationView): RotationStatus {
  return {
    state,
    ...(made === undefined ? {} : { credential: seen(made) }),
    ...(retiresAt === undefined ? {} : { retires: new Date(retiresAt).toISOString() }),
    message: messages[state],
  }
}

const messages: Record<CredentialRotationView['state'], string> = {
  preparing: 'looking whether all is there that it needs',
  making: 'making a credential and trying it out',
  'taking-over': 'written into clouds.yaml; waiting until the worker process uses it',
  grace: 'in use; the older one stays for what began with it',
  retiring: 'in use; deleting the older one',
  rotated: 'in use; the older one is deleted',
}

const seen = ({ id, name, expires, ruled }: MadeCredential) => ({
  id,
  name,
  ends: new Date(expires).toISOString(),
  accessRules: ruled,
})

function failed(error: unknown): RotationStatus {
  const problem =
    error instanceof Problem ? error.data : { code: 'WorkflowFailed', kind: 'failure' as const, message: String(error) }
  return { state: 'failed', message: problem.message, problem }
}
