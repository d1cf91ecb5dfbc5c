import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client'
import type { Config } from '#config/schema.ts'
import type { StartedVm } from '#contract/fleet.ts'
import { vmStart } from '#contract/starts.ts'
import { vmLifecycleType } from '#contract/vm-lifecycle.ts'

/**
 * Starts the workflows of new VMs, detached: a parent could hold 2,000 at most. Repeating it starts nothing twice, not even
 * after a VM has ended.
 */
export async function startVms(client: Client, config: Config, started: StartedVm[]): Promise<void> {
  for (const vm of started) {
    await client.workflow
      .start(vmLifecycleType, vmStart(config.pool, config.controlPlane, vm, config.deadlines))
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      })
  }
}
