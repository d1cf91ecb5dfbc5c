import { setTimeout as sleep } from 'node:timers/promises'
import type { WorkflowHandle } from '@temporalio/client'
import type { Context } from './context.ts'
import { asProblem } from './failure.ts'

const lookEvery = 1000

/**
 * How the run of a workflow that is the newest now gets on: one status for each change, until its end.
 * @throws Problem if nobody answers
 */
export async function* watchRun<Status>(
  context: Context,
  workflowId: string,
  {
    signal,
    statusOf,
    hasEnded,
  }: {
    signal: AbortSignal
    statusOf: (handle: WorkflowHandle) => Promise<Status>
    hasEnded: (status: Status) => boolean
  },
): AsyncGenerator<Status> {
  const client = await context.client()
  const { runId } = await client.workflow.getHandle(workflowId).describe()
  const handle = client.workflow.getHandle(workflowId, runId)
  let last = ''
  while (!signal.aborted) {
    const status = await statusOf(handle).catch((error: unknown) => {
      throw asProblem(error, workflowId)
    })
    const now = JSON.stringify(status)
    if (now !== last) yield status
    last = now
    if (hasEnded(status)) return
    await sleep(lookEvery, undefined, { signal }).catch(() => undefined)
  }
}
