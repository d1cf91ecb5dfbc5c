import { WorkflowNotFoundError, type Client } from '@temporalio/client'
import { vmEvent } from '#contract/vm-lifecycle.ts'
import type { VmReason } from '#domain/vm/reason.ts'

export interface Retirement {
  vm: string
  reason: VmReason
  note: string
}

/** Asks VMs to retire. One that has ended meanwhile is as retired as can be. */
export async function retireVms(client: Client, retirements: Retirement[], at: number): Promise<void> {
  for (const { vm, reason, note } of retirements) {
    await client.workflow
      .getHandle(vm)
      .signal(vmEvent, { kind: 'retire', at, reason, note })
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error
      })
  }
}
