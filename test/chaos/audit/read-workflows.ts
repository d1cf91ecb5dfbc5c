import type { Client } from '@temporalio/client'
import { vmLifecycleType, type VmResult } from '#contract/vm-lifecycle.ts'
import { contentOf } from '../../e2e/secrets/histories.ts'
import type { Place } from '../../e2e/secrets/needles.ts'
import type { WorkflowBook } from './books.ts'

/** Pending activities in this state are being worked on; others wait for their next attempt. */
const STARTED = 2
/** It was terminated while the task was worked on. */
const FORCE_CLOSE_COMMAND = 17
/** Something came in while the task was worked on: it is made again, and nobody did anything wrong. */
const UNHANDLED_COMMAND = 1
const harmless = new Set([FORCE_CLOSE_COMMAND, UNHANDLED_COMMAND])

/** Every run of every workflow that there is, and all of its text. */
export async function readWorkflows(client: Client): Promise<{ workflows: WorkflowBook[]; places: Place[] }> {
  const workflows: WorkflowBook[] = []
  const places: Place[] = []
  for await (const { workflowId: id, runId, type, status } of client.workflow.list()) {
    const handle = client.workflow.getHandle(id, runId)
    const [history, described] = await Promise.all([handle.fetchHistory(), handle.describe()])
    const { raw, closeTime } = described
    const ended = status.name === 'COMPLETED' && type === vmLifecycleType
    const result = ended ? ((await handle.result()) as VmResult) : undefined
    places.push(
      { name: `history of ${id}`, content: contentOf(history) },
      { name: `description of ${id}`, content: contentOf(raw) },
    )
    workflows.push({
      id,
      runId,
      type,
      status: status.name,
      ...(result !== undefined && { reason: result.reason }),
      ...(closeTime !== undefined && { closedAt: closeTime.getTime() }),
      events: history.events?.length ?? 0,
      attempt: raw.pendingWorkflowTask?.attempt ?? 0,
      failing: (raw.pendingActivities ?? [])
        .filter(({ attempt, state }) => (attempt ?? 1) > 1 && Number(state) !== STARTED)
        .map(
          ({ activityType, attempt, lastFailure }) => `${activityType?.name} ${attempt} times: ${lastFailure?.message}`,
        ),
      failedTasks: (history.events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
        failed == null || harmless.has(Number(failed.cause)) ? [] : [`${failed.cause} ${failed.failure?.message}`],
      ),
    })
  }
  return { workflows, places }
}
