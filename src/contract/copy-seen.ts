import { CancelledFailure, TerminatedFailure } from '@temporalio/common'
import type { CopySeen } from '#domain/replication/copy-seen.ts'
import { replicationView, type ReplicationView } from './image-replication.ts'
import { innermost, problemOf } from './failures.ts'

/** The run of a replication, as a client knows it. */
interface Run {
  describe(): Promise<{ status: { name: string } }>
  query(question: typeof replicationView): Promise<ReplicationView>
  result(): Promise<unknown>
}

/** How far a copy is by its last run; `undefined` if there was none. Whatever cannot be told now is `unknown`. */
export async function seenCopy(run: Run): Promise<CopySeen | undefined> {
  try {
    const { status } = await run.describe()
    if (status.name === 'RUNNING') return { kind: 'under-way', progress: await run.query(replicationView) }
    if (status.name === 'COMPLETED') return { kind: 'there' }
    return { kind: 'failed', why: await whyFailed(run) }
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return undefined
    return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) }
  }
}

async function whyFailed(run: Run): Promise<string> {
  const error = await run.result().then(
    () => undefined,
    (failure: unknown) => failure,
  )
  const failure = innermost(error)
  if (failure instanceof CancelledFailure || failure instanceof TerminatedFailure) return 'it was ended from outside'
  const problem = problemOf(failure)
  if (problem === undefined) return failure?.message ?? 'without a word'
  const { where, message, next } = problem
  return [where === undefined ? message : `${where}: ${message}`, next?.replace(/\.$/, '')]
    .filter((part) => part !== undefined)
    .join('; ')
}
