import type { Client } from '@temporalio/client'
import { fleetType, summary, vmEnded, type Summary, type VmOutcome } from '#contract/fleet.ts'
import { fleetStart } from '#contract/starts.ts'

/** Tells the fleet that a VM has ended, starting it if nobody has; it counts each VM once. */
export async function tellFleet(client: Client, pool: string, outcome: VmOutcome): Promise<void> {
  await client.workflow.signalWithStart(fleetType, { ...fleetStart({ pool }), signal: vmEnded, signalArgs: [outcome] })
}

/** Wakes the fleet: something that the plan depends on has changed. */
export async function wakeFleet(client: Client, pool: string, why: Summary): Promise<void> {
  await client.workflow.signalWithStart(fleetType, { ...fleetStart({ pool }), signal: summary, signalArgs: [why] })
}
