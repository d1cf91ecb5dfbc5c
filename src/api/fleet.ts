import { randomUUID } from 'node:crypto'
import { previewType, type PlanPreview } from '#contract/preview.ts'
import { previewStart } from '#contract/starts.ts'
import type { DemandGroup } from '#domain/demand.ts'
import { vmStates } from '#domain/vm/state.ts'
import { ask } from './ask.ts'
import { breakerRows, listClouds, readFleet } from './clouds.ts'
import type { Context } from './context.ts'
import type { CloudVerdict, FleetOverview, FleetPlanPreview } from './types.ts'
import { readVms } from './vms.ts'

export async function showFleet(context: Context): Promise<FleetOverview> {
  const [view, clouds, preview, vms] = await Promise.all([
    readFleet(context),
    listClouds(context),
    askPlan(context),
    readVms(context, { all: false }),
  ])
  return {
    pool: context.loaded.config.pool,
    clouds,
    demand: preview.groups.map(({ id, owner, vmType, flavors, count, supply }) => ({
      group: id,
      owner,
      vmType,
      flavor: [...new Set(Object.values(flavors))].join(', '),
      idle: count,
      supply,
      verdicts: verdictsOf(preview, id),
    })),
    vms: vmStates.flatMap((state) => {
      const count = vms.filter((vm) => vm.state === state).length
      return count === 0 ? [] : [{ state, count }]
    }),
    breakers: breakerRows(view),
    ...(view.lastPlan === undefined ? {} : { lastPlanAt: new Date(view.lastPlan.at).toISOString() }),
  }
}

export async function planFleet(context: Context): Promise<FleetPlanPreview> {
  const { plan } = await askPlan(context)
  return {
    boots: plan.boots.map(({ cloud, owner, vmType, flavor, count, group }) => ({
      cloud,
      owner,
      vmType,
      flavor: flavor.name,
      count,
      reason: plan.verdicts.find((verdict) => verdict.group === group && verdict.cloud === cloud)?.reason ?? '',
    })),
    retirements: plan.retirements.map(({ vm, cloud, reason, note }) => ({
      name: vm,
      cloud,
      reason: `${reason}: ${note}`,
    })),
    verdicts: plan.verdicts.map(({ group, cloud, verdict, reason }) => ({ group, cloud, verdict, reason })),
  }
}

/** The plan that the fleet would make now. It is the worker process that looks: only it has the clouds' credentials. */
export async function askPlan(context: Context, supposed?: DemandGroup): Promise<PlanPreview> {
  const [client, { controls, breakers, recent }] = await Promise.all([context.client(), readFleet(context)])
  const { pool } = context.loaded.config
  const input = { pool, controls, breakers, recent, ...(supposed === undefined ? {} : { supposed }) }
  const start = previewStart(input, randomUUID())
  return ask(context, start.workflowId, async (preview) => {
    await client.workflow.start(previewType, start)
    return (await preview.result()) as PlanPreview
  })
}

export function verdictsOf({ plan }: PlanPreview, group: string): CloudVerdict[] {
  return plan.verdicts
    .filter((one) => one.group === group)
    .map(({ cloud, verdict, reason }) => ({ cloud, verdict, reason }))
}
