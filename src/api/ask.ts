import type { WorkflowHandle } from '@temporalio/client'
import type { Context } from './context.ts'

/** A person waits for the answer: so long at most, ms. */
export const askPatience = 10_000

/** Asks a workflow something. @throws Problem of kind `unreachable` if nobody answers in time, and what the workflow itself objects */
export async function ask<T>(
  context: Context,
  workflowId: string,
  question: (handle: WorkflowHandle) => Promise<T>,
): Promise<T> {
  const client = await context.client()
  try {
    return await client.withDeadline(Date.now() + askPatience, () => question(client.workflow.getHandle(workflowId)))
  } catch (error) {
    const { asProblem } = await import('./failure.ts')
    throw asProblem(error, workflowId)
  }
}
