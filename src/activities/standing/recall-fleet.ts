import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { fleetId, fleetView, type FleetMemory } from '#contract/fleet.ts'
import { earlierFleetQuery } from '#contract/lists.ts'
import { runHasEnded } from '#contract/questions.ts'

/** A run that was ended a moment ago is not on the lists yet, ms. */
const listsAreBehind = 1500

/**
 * What the run of the fleet knew that was ended from outside, in the web UI for instance: above all which clouds operators have
 * disabled. Nothing if there never was one.
 */
export async function recallFleet(client: Client, pool: string): Promise<FleetMemory> {
  const runId = (await lastRun(client, pool)) ?? (await sleep(listsAreBehind).then(() => lastRun(client, pool)))
  if (runId === undefined) return {}
  const run = client.workflow.getHandle(fleetId(pool), runId)
  const { controls, breakers, recent } = await run.query(fleetView, runHasEnded)
  return { controls, breakers, recent }
}

async function lastRun(client: Client, pool: string): Promise<string | undefined> {
  const earlier = client.workflow.list({ query: earlierFleetQuery(pool), pageSize: 1 })
  for await (const { runId } of earlier) return runId
  return undefined
}
