import { CondorError } from './condor-error.ts'
import { all, any, quoteText } from './expression.ts'
import { readAds, type AdText } from './long-ad.ts'
import { numberOf, queryRows, timeOf, type Row } from './rows.ts'
import { streamTool, type CallOptions, type CondorTools } from './tools.ts'

export type JobStatus = 'idle' | 'running' | 'removed' | 'completed' | 'held' | 'transferring' | 'suspended'

/** One job as a table shows it. */
export interface JobRow {
  /** `cluster.proc` */
  id: string
  owner: string
  status: JobStatus
  submittedAt: number | undefined
  /** When it began to be what it is, ms since 1970. */
  since: number | undefined
  starts: number
  /** Seconds on machines, all starts together. */
  wallSeconds: number
  exitCode: number | undefined
  exitSignal: number | undefined
  cpus: number | undefined
  memoryMb: number | undefined
  submission: string | undefined
  vmType: string | undefined
  /** Server name of the worker VM on which it runs or last ran. */
  vm: string | undefined
  command: string | undefined
  arguments: string | undefined
  /** Why it is held, or was removed. */
  reason: string | undefined
}

export interface JobFilter {
  owner?: string
  submission?: string
  cluster?: number
  status?: JobStatus
  /** Also, or only, jobs that have left the queue. */
  history?: 'also' | 'only'
  limit?: number
}

const statuses: readonly (JobStatus | undefined)[] = [
  undefined,
  'idle',
  'running',
  'removed',
  'completed',
  'held',
  'transferring',
  'suspended',
]

const fields = [
  'ClusterId',
  'ProcId',
  'Owner',
  'JobStatus',
  'QDate',
  'EnteredCurrentStatus',
  'NumJobStarts',
  'RemoteWallClockTime',
  'ExitCode',
  'ExitSignal',
  'RequestCpus',
  'RequestMemory',
  'CanfarSubmission',
  'VMType',
  'split(RemoteHost ?: (LastRemoteHost ?: ""), "@")[1]',
  'Cmd',
  'Arguments ?: Args',
  'HoldReason ?: RemoveReason',
]

/** Jobs in the order in which the schedd has them; stop reading when there are enough. */
export async function* jobs(
  tools: CondorTools,
  filter: JobFilter,
  options: CallOptions = {},
): AsyncGenerator<JobRow, void, undefined> {
  const condition = all(
    'true',
    filter.owner === undefined ? undefined : `Owner == ${quoteText(filter.owner)}`,
    filter.submission === undefined ? undefined : `CanfarSubmission =?= ${quoteText(filter.submission)}`,
    filter.cluster === undefined ? undefined : `ClusterId == ${filter.cluster}`,
    filter.status === undefined ? undefined : `JobStatus == ${statuses.indexOf(filter.status)}`,
  )
  const args = ['-constraint', condition, ...(filter.limit === undefined ? [] : ['-limit', String(filter.limit)])]
  let left = filter.limit ?? Infinity
  const sources = [
    ...(filter.history === 'only' ? [] : [['condor_q', '-allusers']]),
    ...(filter.history === undefined ? [] : [['condor_history']]),
  ]
  for (const [tool = '', ...more] of sources) {
    if (left <= 0) return
    for await (const row of queryRows(tools, tool, [...more, ...args], fields, options)) {
      yield readJob(row)
      left--
    }
  }
}

/**
 * The whole ad of a job, from the queue or the history: attribute → text of its expression. `12.-1` is a job factory.
 * @throws CondorError `not-found`
 */
export async function job(tools: CondorTools, id: string, options: CallOptions = {}): Promise<AdText> {
  const [found] = await jobAds(tools, [id], options)
  if (found !== undefined) return found.ad
  for await (const ad of readAds(streamTool(tools, 'condor_history', [checked(id), '-long'], options))) return ad
  throw new CondorError({ tool: 'condor_q', code: 'not-found', message: `no job ${id} in queue or history` })
}

/** Whole ads of jobs in the queue; those that have left it are missing in the answer. */
export async function jobAds(
  tools: CondorTools,
  ids: readonly string[],
  options: CallOptions = {},
): Promise<{ id: string; ad: AdText }[]> {
  const found: { id: string; ad: AdText }[] = []
  const [factories, single] = [ids.filter((id) => id.endsWith('.-1')), ids.filter((id) => !id.endsWith('.-1'))]
  const clusters = factories.map((id) => `ClusterId == ${checked(id).split('.')[0]}`)
  const procs = single
    .map((id) => checked(id).split('.'))
    .map(([cluster, proc]) => `ClusterId == ${cluster} && ProcId == ${proc}`)
  for (const [kind, conditions] of [
    [[], procs],
    [['-factory'], clusters],
  ] as const) {
    if (conditions.length === 0) continue
    const args = ['-allusers', ...kind, '-constraint', any(conditions), '-long']
    for await (const ad of readAds(streamTool(tools, 'condor_q', args, options))) {
      found.push({ id: `${ad['ClusterId']}.${kind.length > 0 ? '-1' : ad['ProcId']}`, ad })
    }
  }
  return found
}

function checked(id: string): string {
  if (!/^\d+\.(\d+|-1)$/.test(id))
    throw new CondorError({ tool: 'condor_q', code: 'invalid', message: `${JSON.stringify(id)} is no job id` })
  return id
}

function readJob(row: Row): JobRow {
  const [
    cluster,
    proc,
    owner = '',
    status,
    queued,
    since,
    starts,
    wall,
    exitCode,
    exitSignal,
    cpus,
    memory,
    submission,
    vmType,
    host,
    command,
    args,
    reason,
  ] = row
  return {
    id: `${cluster}.${proc}`,
    owner,
    status: statuses[Number(status)] ?? 'idle',
    submittedAt: timeOf(queued),
    since: timeOf(since),
    starts: numberOf(starts) ?? 0,
    wallSeconds: numberOf(wall) ?? 0,
    exitCode: numberOf(exitCode),
    exitSignal: numberOf(exitSignal),
    cpus: numberOf(cpus),
    memoryMb: numberOf(memory),
    submission,
    vmType,
    vm: host?.split('.')[0],
    command,
    arguments: args,
    reason,
  }
}
