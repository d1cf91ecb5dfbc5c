import type { Client } from '@temporalio/client'
import { runningQuery } from '#contract/lists.ts'

/** A workflow whose code fails at one place again and again: it neither ends nor goes on, and nothing times out. */
export interface StuckWorkflow {
  id: string
  /** How often its workflow task has been tried. */
  attempts: number
}

/** A task fails once or twice without harm, when its worker process is killed; after so many attempts it fails for ever. */
const stuckAfter = 3

/** Lists show nothing of it: each workflow that runs is asked for. */
export async function stuckWorkflows(client: Client, pool: string): Promise<StuckWorkflow[]> {
  const stuck: StuckWorkflow[] = []
  for await (const { workflowId: id, runId } of client.workflow.list({ query: runningQuery(pool) })) {
    const { raw } = await client.workflow.getHandle(id, runId).describe()
    const attempts = raw.pendingWorkflowTask?.attempt ?? 0
    if (attempts >= stuckAfter) stuck.push({ id, attempts })
  }
  return stuck
}
