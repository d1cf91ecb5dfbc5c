import { fleetId, fleetView, setCloud, type FleetView } from '#contract/fleet.ts'
import type { ListedVm } from '#contract/listed.ts'
import { cloudWatchId, seenBy, type CloudSeen } from '#contract/watch.ts'
import type { CloudConfig } from '#config/schema.ts'
import { openBreakersOf } from '#domain/fleet/open-breakers.ts'
import type { Quota, QuotaName } from '#domain/fleet/types.ts'
import { Problem } from '#domain/problem.ts'
import { ask } from './ask.ts'
import { requireOperator, type Context } from './context.ts'
import { seenRotation } from './seen-rotation.ts'
import type { BreakerRow, CloudDetails, CloudRow } from './types.ts'
import { readVms } from './vms.ts'

export async function listClouds(context: Context): Promise<CloudRow[]> {
  const { clouds } = context.loaded.config
  const [view, vms, seen] = await Promise.all([
    readFleet(context),
    readVms(context, { all: false }),
    Promise.all(clouds.map(({ name }) => lastSeen(context, name))),
  ])
  return clouds.map((cloud, n) => rowOf(cloud, view, vms, seen[n]))
}

export async function showCloud(context: Context, name: string): Promise<CloudDetails> {
  const cloud = configured(context, name)
  const [view, vms, seen] = await Promise.all([
    readFleet(context),
    readVms(context, { cloud: name, all: false }),
    lastSeen(context, name),
  ])
  const rotation = await seenRotation(context, cloud, seen)
  const quotas = quotasOf(seen)
  return {
    ...rowOf(cloud, view, vms, seen),
    authUrl: cloud.authUrl ?? '',
    project: seen?.project ?? vms[0]?.order.batchProject ?? '',
    ...(seen?.projectName === undefined ? {} : { projectName: seen.projectName }),
    network: cloud.network,
    availabilityZone: cloud.availabilityZone,
    ...(quotas?.ramMb === undefined ? {} : { ram: { usedMb: quotas.ramMb.used, limitMb: quotas.ramMb.limit } }),
    ...(quotas?.instances === undefined
      ? {}
      : { instances: { used: quotas.instances.used, limit: quotas.instances.limit } }),
    breakers: breakerRows(view).filter((breaker) => breaker.cloud === name),
    ...(seen?.credentialEnds === undefined ? {} : { credentialEnds: new Date(seen.credentialEnds).toISOString() }),
    rotation,
    lastError: seen?.error,
  }
}

export async function controlCloud(
  context: Context,
  name: string,
  enabled: boolean,
  reason: string,
): Promise<CloudRow> {
  requireOperator(context, enabled ? 'enabling a cloud' : 'disabling a cloud')
  configured(context, name)
  const control = { enabled, reason, by: context.principal.user, at: Date.now() }
  await ask(context, fleetId(context.loaded.config.pool), async (fleet) => {
    await fleet.signal(setCloud, { cloud: name, control })
    // an answer to a question is given after everything that was told before it
    await fleet.query(fleetView)
  })
  const [row] = (await listClouds(context)).filter((cloud) => cloud.name === name)
  if (row === undefined) throw new Error(`cloud ${name} vanished from the configuration`)
  return row
}

export const readFleet = (context: Context): Promise<FleetView> =>
  ask(context, fleetId(context.loaded.config.pool), (fleet) => fleet.query(fleetView))

export function breakerRows(view: FleetView): BreakerRow[] {
  return openBreakersOf(view.breakers, Date.now()).map(({ cloud, scope, state, reason, until }) => ({
    cloud,
    scope,
    state,
    reason,
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
  }))
}

/** What the cloud's watch saw last: it is in the heartbeat of its activity. */
export async function lastSeen(context: Context, cloud: string): Promise<CloudSeen | undefined> {
  const client = await context.client()
  const described = await client.workflow
    .getHandle(cloudWatchId(cloud))
    .describe()
    .catch(() => undefined)
  return described === undefined ? undefined : seenBy(described)
}

/** The cloud of that name, or all. @throws Problem `CloudNotFound` */
export const configuredClouds = (context: Context, name: string | undefined): string[] =>
  name === undefined ? context.loaded.config.clouds.map((cloud) => cloud.name) : [configured(context, name).name]

/** @throws Problem `CloudNotFound` */
export function configured(context: Context, name: string): CloudConfig {
  const cloud = context.loaded.config.clouds.find((one) => one.name === name)
  if (cloud !== undefined) return cloud
  throw new Problem({
    code: 'CloudNotFound',
    kind: 'not-found',
    message: `there is no cloud ${name}`,
    details: context.loaded.config.clouds.map((one) => one.name),
    next: 'canfar-batch cloud list shows those that there are.',
  })
}

function quotasOf(seen: CloudSeen | undefined): Partial<Record<QuotaName, Quota>> | undefined {
  return seen?.limits !== undefined && 'quotas' in seen.limits ? seen.limits.quotas : undefined
}

function rowOf(cloud: CloudConfig, view: FleetView, vms: ListedVm[], seen: CloudSeen | undefined): CloudRow {
  const control = view.controls[cloud.name]
  const own = vms.filter(({ order }) => order.cloud === cloud.name)
  const cores = quotasOf(seen)?.cores
  return {
    name: cloud.name,
    enabled: control?.enabled ?? true,
    reason: control?.reason,
    by: control?.by,
    ...(control === undefined ? {} : { since: new Date(control.at).toISOString() }),
    reachable: seen?.ok ?? 'unknown',
    ...(seen === undefined || seen.at === 0 ? {} : { lastSeen: new Date(seen.at).toISOString() }),
    vms: own.length,
    booting: own.filter(({ state }) => ['requested', 'creating', 'building', 'booted'].includes(state)).length,
    cores: cores === undefined ? { used: 0, limit: 0 } : { used: cores.used, limit: cores.limit },
    priority: cloud.priority,
  }
}
