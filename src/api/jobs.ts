import { basename } from 'node:path'
import { Problem } from '#domain/problem.ts'
import { act } from '#htcondor/act-on-jobs.ts'
import { CondorError } from '#htcondor/condor-error.ts'
import { job, jobs, type JobRow as QueuedJob } from '#htcondor/jobs.ts'
import { literalOf, type AdText } from '#htcondor/long-ad.ts'
import { mayActOn, webUrl, type Context } from './context.ts'
import type { JobDetails, JobExplanation, JobQuery, JobRow, JobState, RemovalResult } from './types.ts'

const mostJobs = 1000

export async function listJobs(context: Context, query: JobQuery): Promise<JobRow[]> {
  const rows: JobRow[] = []
  const stamp = query.submission === undefined ? undefined : await stampPrefix(context, query.submission)
  const filter = {
    limit: query.limit ?? mostJobs,
    ...(query.mine ? { owner: context.principal.user } : {}),
    ...(query.cluster === undefined ? {} : { cluster: query.cluster }),
    ...(query.all === true ? { history: 'also' as const } : {}),
  }
  for await (const found of jobs(context.condor, filter)) {
    if (stamp === undefined || found.submission?.startsWith(stamp) === true)
      rows.push(rowOf(found, context.loaded.config.pool))
  }
  return rows
}

/** Jobs carry the digest of their submission and the end of the run's id. */
async function stampPrefix(context: Context, submission: string): Promise<string> {
  const { findSubmission } = await import('./watch-submission.ts')
  const workflowId = await findSubmission(context, submission)
  return `${workflowId.slice(workflowId.lastIndexOf('/') + 1)}.`
}

export async function showJob(context: Context, id: string): Promise<JobDetails> {
  const [row, ad] = await Promise.all([readRow(context, id), readAd(context, id)])
  const text = (name: string) => stringOf(ad, name)
  const number = (name: string) => numberOf(ad, name)
  const ended = number('CompletionDate')
  return {
    ...row,
    ...(ended === undefined || ended === 0 ? {} : { endedAt: new Date(ended * 1000).toISOString() }),
    exitCode: number('ExitCode'),
    directory: text('Iwd'),
    output: text('Out'),
    error: text('Err'),
    log: text('UserLog'),
    image: text('VMAMI'),
    flavor: text('VMInstanceType'),
    keepaliveMinutes: number('VMKeepAlive'),
    requestCpus: number('RequestCpus'),
    requestMemoryMb: number('RequestMemory'),
    requestDiskKb: number('RequestDisk'),
    starts: number('NumJobStarts'),
    ...(row.submission === undefined
      ? {}
      : { webUrl: webUrl(context, `submission/${row.owner}/${row.submission.split('.')[0] ?? ''}`) }),
  }
}

export async function whyJob(context: Context, id: string): Promise<JobExplanation> {
  const row = await readRow(context, id)
  const notes: string[] = []
  if (row.state !== 'idle') return { job: row, explanation: explain(row), verdicts: [], notes }
  const ad = await readAd(context, id)
  const { askPlan, verdictsOf } = await import('./fleet.ts')
  const plan = await askPlan(context)
  const group = plan.groups.find(
    ({ owner, vmType, flavors }) =>
      owner === row.owner && vmType === row.vmType && pairs(flavors) === stringOf(ad, 'VMInstanceType'),
  )
  if (row.submission === undefined)
    notes.push('It was not submitted through canfar-batch: no worker VM is booted for it.')
  if (plan.truncated) notes.push('There is more demand than is shown.')
  if (group === undefined) {
    return {
      job: row,
      explanation: 'It waits, and no longer counts as demand: it is about to start, or to leave the queue.',
      verdicts: [],
      notes,
    }
  }
  const verdicts = verdictsOf(plan, group.id)
  const supply =
    group.supply === 0
      ? 'no worker VM for it yet'
      : `${group.supply} worker ${group.supply === 1 ? 'VM is' : 'VMs are'} on the way or at work for its like`
  return {
    job: row,
    explanation: `It waits${withOthers(group.count - 1)}: ${supply}.`,
    group: group.id,
    verdicts,
    ...(group.waitingSince === undefined ? {} : { since: new Date(group.waitingSince).toISOString() }),
    notes,
  }
}

const withOthers = (others: number): string =>
  others === 0 ? '' : ` with ${others} ${others === 1 ? 'other' : 'others'} alike`

/** Each id is a job or a whole cluster; one that cannot be removed does not keep the others. */
export async function removeJobs(context: Context, ids: string[]): Promise<RemovalResult[]> {
  const results: RemovalResult[] = []
  for (const id of ids) results.push(await removeOne(context, id))
  return results
}

async function removeOne(context: Context, id: string): Promise<RemovalResult> {
  const [cluster = '', proc] = id.split('.')
  try {
    const reason = `canfar-batch: removed by ${context.principal.user}`
    const which =
      proc === undefined ? { cluster: Number(cluster) } : `ClusterId == ${Number(cluster)} && ProcId == ${Number(proc)}`
    const removed = await act(context.condor, 'remove', which, { as: 'self', reason })
    if (removed > 0) return { id, ok: true, detail: removed === 1 ? 'removed' : `${removed} jobs removed` }
    return { id, ok: false, refusal: 'not-found', detail: 'no such job in the queue' }
  } catch (error) {
    if (error instanceof CondorError && (error.code === 'denied' || error.code === 'not-found')) {
      const detail = error.code === 'denied' ? 'it is not yours' : 'no such job in the queue'
      return { id, ok: false, refusal: error.code, detail }
    }
    throw error
  }
}

async function readRow(context: Context, id: string): Promise<JobRow> {
  const cluster = Number(id.split('.')[0])
  for await (const found of jobs(context.condor, { cluster, history: 'also' })) {
    if (found.id !== id) continue
    if (!mayActOn(context, found.owner)) break
    return rowOf(found, context.loaded.config.pool)
  }
  throw new Problem({
    code: 'JobNotFound',
    kind: 'not-found',
    message: `there is no job ${id} of yours in the queue or its history`,
    next: 'canfar-batch job list --all shows those that there are.',
  })
}

async function readAd({ condor }: Context, id: string): Promise<AdText> {
  return job(condor, id)
}

function rowOf(found: QueuedJob, pool: string): JobRow {
  const { id, owner, submission, vmType, vm, command = '', arguments: args = '', reason } = found
  const state = stateOf(found)
  return {
    id,
    owner,
    submission,
    state,
    vmType,
    vm: vm === undefined || vm === '' ? undefined : vm,
    cloud: cloudOf(pool, vm),
    command: `${basename(command)} ${args}`.trim(),
    submittedAt: new Date(found.submittedAt ?? 0).toISOString(),
    ...(state === 'running' && found.since !== undefined ? { startedAt: new Date(found.since).toISOString() } : {}),
    ...(state === 'held' ? { holdReason: reason } : {}),
  }
}

/** VMs are called `<pool>-<cloud>-<16 hex>`; a pool's name may have dashes, as a cloud's. */
function cloudOf(pool: string, vm: string | undefined): string | undefined {
  return vm?.startsWith(`${pool}-`) === true ? vm.slice(pool.length + 1).replace(/-[0-9a-f]{16}$/, '') : undefined
}

function stateOf({ status, exitCode, exitSignal }: QueuedJob): JobState {
  if (status === 'suspended') return 'running'
  return status === 'completed' && (exitSignal !== undefined || (exitCode ?? 0) !== 0) ? 'failed' : status
}

function explain({ state, vm, holdReason }: JobRow): string {
  switch (state) {
    case 'running':
      return `It runs on ${vm ?? 'a worker VM'}.`
    case 'transferring':
      return 'It has ended; its output is on its way.'
    case 'held':
      return `It is held: ${holdReason ?? 'without a reason'}. condor_release lets it try again.`
    case 'completed':
      return 'It has ended.'
    case 'failed':
      return 'It has ended with an error; its output and error files say more.'
    case 'removed':
      return 'It was removed.'
    case 'idle':
      return 'It waits.'
  }
}

/** `arbutus:<id>,east:<id>`, as jobs carry it. */
function pairs(flavors: Record<string, string>): string {
  return Object.entries(flavors)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([cloud, id]) => `${cloud}:${id}`)
    .join(',')
}

function stringOf(ad: AdText, name: string): string | undefined {
  const value = literalOf(ad[name])
  return typeof value === 'string' && value !== '' ? value : undefined
}

function numberOf(ad: AdText, name: string): number | undefined {
  const value = literalOf(ad[name])
  return typeof value === 'number' ? value : undefined
}
