import type { Client } from '@temporalio/client'
import { defaultPayloadConverter, toPayloads } from '@temporalio/common'

export interface Canaries {
  input: string
  memo: string
  heartbeat: string
}

/**
 * Leaves a running workflow whose input, memo and heartbeat hold these texts. It has no code: the few calls that a worker process would
 * make of it are made here.
 */
export const plantWorkflow = (client: Client, canaries: Canaries): Promise<void> =>
  client.withDeadline(Date.now() + 20_000, () => plant(client, canaries))

async function plant(client: Client, { input, memo, heartbeat }: Canaries): Promise<void> {
  const name = 'planted'
  await client.workflow.start(name, {
    workflowId: name,
    taskQueue: name,
    args: [{ deep: [{ inside: input }] }],
    memo: { planted: memo },
  })
  const { namespace } = client.options
  const service = client.workflowService
  const taskQueue = { name }
  const task = await service.pollWorkflowTaskQueue({ namespace, taskQueue, identity: name })
  await service.respondWorkflowTaskCompleted({
    namespace,
    taskToken: task.taskToken,
    identity: name,
    commands: [
      {
        // COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK; the enum is in a package that is not ours to import
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
        commandType: 1,
        scheduleActivityTaskCommandAttributes: {
          activityId: name,
          activityType: { name },
          taskQueue,
          scheduleToCloseTimeout: { seconds: 600 as never },
          startToCloseTimeout: { seconds: 600 as never },
          heartbeatTimeout: { seconds: 600 as never },
        },
      },
    ],
  })
  const activity = await service.pollActivityTaskQueue({ namespace, taskQueue, identity: name })
  const payloads = toPayloads(defaultPayloadConverter, heartbeat)
  await service.recordActivityTaskHeartbeat({
    namespace,
    taskToken: activity.taskToken,
    identity: name,
    details: payloads === undefined ? null : { payloads },
  })
}
