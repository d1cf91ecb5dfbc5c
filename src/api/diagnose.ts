import type { CloudConfig } from '#config/schema.ts'
import { missingSearchAttributes } from '#contract/namespace.ts'
import { operationsQueue } from '#contract/queues.ts'
import { accessPoint, type AccessPoint, type Reachable } from '#htcondor/access-point.ts'
import { findCredentials } from '#secrets/user-credential.ts'
import { lastSeen } from './clouds.ts'
import type { Context } from './context.ts'
import { seenRotation } from './seen-rotation.ts'
import { seenCloud } from './seen-cloud.ts'
import type { Check } from './types.ts'

/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API; its module would bring the whole protocol with it. */
const workflowTaskQueue: number = 1

/** Looks at each part that canfar-batch needs, one after another. A check that fails is an item, never a throw. */
export async function* diagnose(context: Context): AsyncGenerator<Check> {
  const { config, file, origin } = context.loaded
  yield { name: 'configuration', ok: true, detail: `${file} (${origin}), pool ${config.pool}` }
  yield await check(
    'Temporal',
    () => temporal(context),
    'Start Temporal (docker compose up -d, or script/dev up), or correct temporal.address.',
  )
  yield await check(
    'search attributes',
    () => attributes(context),
    'Start the worker process: it creates them (canfar-batch worker).',
  )
  yield await check('worker process', () => workerProcess(context), 'Start one: canfar-batch worker')
  const point = await accessPoint(context.condor)
  yield await check('HTCondor tools', () => tools(point), 'Install HTCondor ≥ 23, or correct condor.binDir.')
  yield await check(
    'schedd',
    () => reached(point.schedd),
    'Start it: systemctl start condor; condor_q -totals shows whether it answers.',
  )
  yield await check(
    'shadows',
    () => shadows(point),
    'Set SHADOW_WORKLIFE = 0 in the configuration of the access point (condor_config_val -config lists its files), then condor_reconfig.',
  )
  yield await check(
    'collector',
    () => reached(point.collector),
    'Start it: systemctl start condor on the central manager; condor_status -collector shows whether it answers.',
  )
  for (const one of config.clouds) {
    const { name } = one
    yield await check(`cloud ${name}`, () => cloud(context, one), `canfar-batch cloud show ${name}`)
  }
  yield await check(
    'your credentials',
    () => credentials(context),
    'Source your project’s openrc file: . project-openrc.sh',
    'warn',
  )
}

/** What its watch saw; and where that is well, whether its credential could be rotated. */
async function cloud(context: Context, one: CloudConfig): Promise<Finding> {
  const seen = await lastSeen(context, one.name)
  const found = seenCloud(seen, Date.now())
  const { problem } = await seenRotation(context, one, seen)
  if (typeof found !== 'string' || problem === undefined) return found
  return { detail: `${found}; the last rotation of its credential: ${problem}`, ok: 'warn' }
}

type Finding = string | { detail: string; ok: Check['ok'] }

async function check(
  name: string,
  look: () => Finding | Promise<Finding>,
  next: string,
  otherwise: Check['ok'] = false,
): Promise<Check> {
  try {
    const found = await look()
    if (typeof found === 'string') return { name, ok: true, detail: found }
    return { name, ...found, ...(found.ok === true ? {} : { next }) }
  } catch (error) {
    return { name, ok: otherwise, detail: error instanceof Error ? error.message : String(error), next }
  }
}

async function temporal(context: Context): Promise<Finding> {
  const { address, namespace } = context.loaded.config.temporal
  const connection = await context.connection()
  const { serverVersion } = await connection.workflowService.getSystemInfo({})
  await connection.workflowService.describeNamespace({ namespace })
  return `${address}, server ${serverVersion ?? '?'}, namespace ${namespace}`
}

async function attributes(context: Context): Promise<Finding> {
  const missing = await missingSearchAttributes(await context.connection(), context.loaded.config.temporal.namespace)
  return missing.length === 0 ? 'all there' : { detail: `missing: ${missing.join(', ')}`, ok: false }
}

async function workerProcess(context: Context): Promise<Finding> {
  const {
    pool,
    temporal: { namespace },
  } = context.loaded.config
  const connection = await context.connection()
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: operationsQueue(pool) },
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
    taskQueueType: workflowTaskQueue,
  })
  const recent = (pollers ?? []).filter(
    ({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < 2 * 60_000,
  )
  return recent.length === 0
    ? { detail: 'none polls for work', ok: false }
    : recent.map(({ identity }) => identity).join(', ')
}

function tools({ version, missingTools }: AccessPoint): Finding {
  if (version === undefined) return { detail: 'not found', ok: false }
  return missingTools.length === 0 ? version : { detail: `${version}; missing: ${missingTools.join(', ')}`, ok: false }
}

/** A shadow that goes from job to job cannot be told by its first one, nor be ended for the sake of its last. */
function shadows({ shadowWorklife }: AccessPoint): Finding {
  if (shadowWorklife === undefined) return { detail: 'SHADOW_WORKLIFE is not known', ok: 'warn' }
  if (shadowWorklife === 0) return 'one for each job'
  const detail = `they go from job to job for ${shadowWorklife} s: the job of a VM that vanished may wait for its lease, 40 minutes`
  return { detail, ok: false }
}

const reached = ({ ok, error }: Reachable): Finding =>
  ok ? 'answers' : { detail: error?.message ?? 'does not answer', ok: false }

async function credentials({ loaded, options }: Context): Promise<Finding> {
  const found = findCredentials(loaded.config.clouds, options.env, options.directory)
  return found.map(({ cloud: name, config }) => `${name}: ${config.name} at ${config.authUrl}`).join('; ')
}
