import type { CloudConfig } from '#config/schema.ts'
import { credentialRotationId } from '#contract/credential-rotation.ts'
import { lastRotation } from '#contract/last-rotation.ts'
import { attribute } from '#contract/search-attributes.ts'
import type { CloudSeen } from '#contract/watch.ts'
import { dueAt } from '#domain/rotation/due.ts'
import type { Context } from './context.ts'
import type { CloudDetails } from './types.ts'

type SeenRotation = NonNullable<CloudDetails['rotation']>

/** When the credential of a cloud was rotated, when it will be, and how the last rotation ended. */
export async function seenRotation(
  context: Context,
  { name, rotation: { every } }: CloudConfig,
  seen: CloudSeen | undefined,
): Promise<SeenRotation> {
  const client = await context.client()
  const handle = client.workflow.getHandle(credentialRotationId(name))
  const run = await handle.describe().catch(() => undefined)
  const made = seen?.credentialMade
  const due = dueAt(made, run && lastRotation(run), every)
  return {
    ...(made === undefined ? {} : { last: new Date(made).toISOString() }),
    ...(due === undefined ? {} : { next: new Date(due).toISOString() }),
    ...(run?.status.name === 'RUNNING' ? { state: attribute(run.typedSearchAttributes, 'state') ?? 'preparing' } : {}),
    ...(run === undefined ? {} : await problemOf(run.status.name, () => handle.result())),
  }
}

const endedBadly: Record<string, string> = {
  CANCELLED: 'it was cancelled; what it had not deleted yet is deleted by the next',
  TERMINATED: 'it was terminated; what it had not deleted yet is deleted by the next',
  TIMED_OUT: 'it did not end in time',
}

async function problemOf(status: string, result: () => Promise<unknown>): Promise<Pick<SeenRotation, 'problem'>> {
  const known = endedBadly[status]
  if (known !== undefined) return { problem: known }
  if (status !== 'FAILED') return {}
  const { asProblem } = await import('./failure.ts')
  const error = await result().then(
    () => undefined,
    (failure: unknown) => asProblem(failure, ''),
  )
  return error instanceof Error ? { problem: error.message } : {}
}
