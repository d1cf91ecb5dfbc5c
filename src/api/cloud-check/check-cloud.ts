import { OpenStack } from 'openstack-ts'
import { patience } from '#clouds/cloud-problem.ts'
import { passed, skipped, type Check } from '#domain/check.ts'
import type { ProjectOnRecord } from '#domain/cloud-check/project.ts'
import { configured, lastSeen } from '../clouds.ts'
import { requireOperator, stateFolder, type Context } from '../context.ts'
import type { CloudCheckOptions } from '../types.ts'
import { readVms } from '../vms.ts'
import { readEntry } from './entry.ts'
import { stepsOf, type Found, type Ground } from './steps.ts'
import { TrialRecords } from './trial-records.ts'
import { bootTrial, reportLeft } from './trial.ts'

/**
 * Whether a cloud is fit for worker VMs, one check after another, each as it ends. Works with the site's own credential, from
 * its clouds.yaml, and needs neither Temporal nor a worker process: a cloud is looked at before it is used.
 * @throws Problem `OperatorsOnly`, `CloudNotFound`
 */
export async function* checkCloud(
  context: Context,
  name: string,
  { boot, signal }: CloudCheckOptions,
): AsyncGenerator<Check> {
  requireOperator(context, 'checking a cloud')
  const policy = configured(context, name)
  const { config, file, origin } = context.loaded
  yield passed('configuration', `${file} (${origin}), pool ${config.pool}`)
  const { check, connection } = await readEntry(config, policy)
  yield check
  if (connection === undefined) return
  const cloud = OpenStack.connect(connection, { userAgent: 'canfar-batch', env: process.env, ...patience })
  try {
    const onRecord = () => projectOnRecord(context, name)
    const ground: Ground = { cloud, config, policy, onRecord, options: { signal } }
    const found: Found = { ruled: false, images: [], flavors: [], securityGroups: [], userDataLength: 0 }
    const broken = new Set<string>()
    for (const step of stepsOf(ground, found)) {
      const missing = step.needs.find((one) => broken.has(one))
      const checks = missing === undefined ? [await step.take()].flat() : [skipped(step.name, `${missing} failed`)]
      if (signal.aborted) return
      if (missing !== undefined || checks.some(({ ok }) => ok === false)) broken.add(step.name)
      yield* checks
    }
    const { user } = context.principal
    const trial = { ...ground, ...found, user, records: new TrialRecords(stateFolder(context)), signal }
    if (broken.has('credential')) return
    if (boot === undefined) yield* reportLeft(trial)
    else if (broken.size > 0) yield skipped('boot', `${[...broken][0]} failed: nothing is booted until that is mended`)
    else yield* bootTrial(trial, boot)
  } finally {
    await cloud.close()
  }
}

/** What running VMs, and the worker process, have for the project of this cloud. */
async function projectOnRecord(context: Context, name: string): Promise<ProjectOnRecord> {
  try {
    const [vms, seen] = await Promise.all([readVms(context, { cloud: name, all: false }), lastSeen(context, name)])
    return { vms: vms.map(({ order }) => order.batchProject), worker: seen?.project }
  } catch (error) {
    return { unknown: error instanceof Error ? error.message : String(error) }
  }
}
