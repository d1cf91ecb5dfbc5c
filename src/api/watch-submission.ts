import { setTimeout as sleep } from 'node:timers/promises'
import { submissionsQuery } from '#contract/lists.ts'
import { noJobs, stampOf, type JobCounts, type SubmissionView } from '#contract/submission.ts'
import { countsOf } from '#htcondor/job-counts.ts'
import { countsBySubmission } from '#htcondor/submission-counts.ts'
import { Problem } from '#domain/problem.ts'
import type { Context } from './context.ts'
import { copyStatuses } from './copies.ts'
import { asProblem } from './failure.ts'
import { readView } from './submissions.ts'
import type { CopyStatus, SubmissionProgress } from './types.ts'
import { readVms } from './vms.ts'

const lookEvery = 1000

/** What becomes of a submission: one progress for each change, until an end. Counts come from the schedd itself. */
export async function* watchSubmission(
  context: Context,
  wanted: string,
  signal: AbortSignal,
): AsyncGenerator<SubmissionProgress> {
  const workflowId = await findSubmission(context, wanted)
  const client = await context.client()
  const handle = client.workflow.getHandle(workflowId)
  let last = ''
  while (!signal.aborted) {
    const described = await handle.describe()
    if (described.status.name !== 'RUNNING' && described.status.name !== 'COMPLETED') {
      yield failed(
        await handle.result().then(
          () => undefined,
          (error: unknown) => asProblem(error, workflowId),
        ),
      )
      return
    }
    const progress = await progressOf(context, await readView(handle))
    const now = JSON.stringify([progress.state, progress.counts, progress.vms, progress.copies])
    if (now !== last) yield progress
    last = now
    if (described.status.name === 'COMPLETED') return
    await sleep(lookEvery, undefined, { signal }).catch(() => undefined)
  }
}

async function progressOf(context: Context, view: SubmissionView): Promise<SubmissionProgress> {
  const ended = view.state === 'done' || view.state === 'removed'
  const [counts, vms, copies] = await Promise.all([
    ended ? view.counts : liveCounts(context, view),
    vmsOf(context, view),
    ended ? [] : copyStatuses(context, view.copies),
  ])
  return {
    state: view.state,
    counts,
    clusters: view.clusters,
    vms,
    copies,
    message: messageOf(view, counts, vms.length, copies),
    at: new Date().toISOString(),
  }
}

/** The schedd's own figures; the last known ones while it does not answer. */
async function liveCounts({ condor }: Context, view: SubmissionView): Promise<JobCounts> {
  if (view.state !== 'queued') return view.counts
  const seen = await countsBySubmission(condor, { submissions: [view.id] }).catch(() => [])
  const [found] = seen
  return found === undefined ? view.counts : countsOf(found)
}

async function vmsOf(context: Context, view: SubmissionView): Promise<SubmissionProgress['vms']> {
  if (view.choices.length === 0) return []
  const images = new Set(view.choices.map(({ image }) => image.id))
  const vms = await readVms(context, { all: false }).catch(() => [])
  return vms
    .filter(({ order }) => order.tenant === context.principal.user && images.has(order.image.id))
    .map(({ vm, order, state }) => ({ name: vm, cloud: order.cloud, state }))
}

function messageOf(
  { state, holdReasons, choices }: SubmissionView,
  counts: JobCounts,
  vms: number,
  copies: readonly CopyStatus[],
): string {
  switch (state) {
    case 'validating':
      return 'looking at the file, the image and the flavor'
    case 'sharing':
      return 'sharing the image with the batch project'
    case 'submitting':
      return 'handing the jobs in'
    case 'queued':
      if (counts.held > 0) return `${counts.held} jobs are held: ${holdReasons[0] ?? 'canfar-batch job list shows why'}`
      if (counts.running > 0) return `${counts.running} jobs run on ${vms} VMs`
      if (vms > 0) return 'worker VMs are on their way'
      return choices.length === 0 && copies.length > 0 ? 'waiting for the image' : 'waiting for worker VMs'
    case 'done':
      return counts.failed === 0 ? 'all jobs have ended' : `all jobs have ended, ${counts.failed} of them with an error`
    case 'removed':
      return 'the jobs were removed'
  }
}

function failed(error: unknown): SubmissionProgress {
  const problem =
    error instanceof Problem ? error.data : { code: 'WorkflowFailed', kind: 'failure' as const, message: String(error) }
  return {
    state: 'failed',
    counts: noJobs,
    clusters: [],
    vms: [],
    copies: [],
    message: problem.message,
    at: new Date().toISOString(),
    problem,
  }
}

/** Takes a workflow id, a stamp, a digest or a unique beginning of one. */
export async function findSubmission(context: Context, wanted: string): Promise<string> {
  const client = await context.client()
  const { pool } = context.loaded.config
  const user = context.principal.roles.includes('operator') ? {} : { user: context.principal.user }
  const found = new Set<string>()
  for await (const { workflowId, runId } of client.workflow.list({
    query: submissionsQuery(pool, { running: false, ...user }),
  })) {
    const digest = workflowId.slice(workflowId.lastIndexOf('/') + 1)
    if (workflowId === wanted) return workflowId
    if ([workflowId, digest, stampOf(workflowId, runId)].some((name) => name.startsWith(wanted))) found.add(workflowId)
  }
  const [only, ...others] = found
  if (only !== undefined && others.length === 0) return only
  throw new Problem(
    only === undefined
      ? {
          code: 'SubmissionNotFound',
          kind: 'not-found',
          message: `there is no submission ${wanted}`,
          next: 'canfar-batch job list --all shows what there is.',
        }
      : {
          code: 'SubmissionAmbiguous',
          kind: 'usage',
          message: `${found.size} submissions begin with ${wanted}`,
          details: [...found],
        },
  )
}
