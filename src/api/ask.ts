import { setTimeout as sleep } from 'node:timers/promises'
import type { WorkflowHandle } from '@temporalio/client'
import { askAgain } from '#contract/questions.ts'
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
    return await client.withDeadline(Date.now() + askPatience, () =>
      untilTakenUp(() => question(client.workflow.getHandle(workflowId))),
    )
  } catch (error) {
    const { asProblem } = await import('./failure.ts')
    throw asProblem(error, workflowId)
  }
}

async function untilTakenUp<T>(question: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await question()
    } catch (error) {
      if (!String(error).includes(askAgain)) throw error
      await sleep(100)
    }
  }
}
