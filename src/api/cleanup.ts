import { randomBytes } from 'node:crypto'
import type { WorkflowHandle } from '@temporalio/client'
import { cleanupType, type CleanupInput, type CleanupReport } from '#contract/cleanup.ts'
import { cleanupsQuery } from '#contract/lists.ts'
import { cleanupStart } from '#contract/starts.ts'
import { configuredClouds } from './clouds.ts'
import { requireOperator, webUrl, type Context } from './context.ts'
import { asProblem } from './failure.ts'
import type { CleanupOptions, CleanupPass } from './types.ts'

/** A pass looks twice, and waits for deletions, ms. */
const patience = 10 * 60_000

/** One pass over each cloud, now. It is the worker process that looks: only it has the clouds' credentials. */
export async function runCleanup(
  context: Context,
  cloud: string | undefined,
  options: CleanupOptions & { plan?: boolean },
): Promise<CleanupPass[]> {
  requireOperator(context, options.plan === true ? 'looking for what is left over' : 'cleaning up')
  const { pool, cleanup } = context.loaded.config
  const passes = configuredClouds(context, cloud).map((name) =>
    pass(context, {
      pool,
      cloud: name,
      by: context.principal.user,
      confirmMs: cleanup.confirm,
      ...(options.plan === undefined ? {} : { plan: options.plan }),
      ...(options.acceptLoss === undefined ? {} : { acceptLoss: options.acceptLoss }),
    }),
  )
  return Promise.all(passes)
}

async function pass(context: Context, input: CleanupInput): Promise<CleanupPass> {
  const client = await context.client()
  const start = cleanupStart(input, randomBytes(4).toString('hex'))
  try {
    const handle = await client.workflow.start(cleanupType, start)
    return await client.withDeadline(Date.now() + patience, async () => passOf(context, handle))
  } catch (error) {
    throw asProblem(error, start.workflowId)
  }
}

/** Passes of the last 30 days that found something, newest first. */
export async function listCleanups(
  context: Context,
  { cloud, limit = 20 }: { cloud?: string | undefined; limit?: number | undefined },
): Promise<CleanupPass[]> {
  requireOperator(context, 'reading what was cleaned up')
  const [only] = cloud === undefined ? [undefined] : configuredClouds(context, cloud)
  const client = await context.client()
  const found: CleanupPass[] = []
  try {
    const query = cleanupsQuery(context.loaded.config.pool, only)
    for await (const { workflowId, runId, status } of client.workflow.list({ query })) {
      if (status.name !== 'COMPLETED') continue
      found.push(await passOf(context, client.workflow.getHandle(workflowId, runId)))
      if (found.length >= limit) break
    }
    return found
  } catch (error) {
    throw asProblem(error, cleanupType)
  }
}

async function passOf(context: Context, handle: WorkflowHandle): Promise<CleanupPass> {
  const report = (await handle.result()) as CleanupReport
  return {
    cloud: report.cloud,
    at: new Date(report.at).toISOString(),
    by: report.by,
    unknown: report.unknown,
    ...report.counts,
    frozen: report.frozen,
    findings: findingsOf(report),
    webUrl: webUrl(context, handle.workflowId),
  }
}

function findingsOf({ findings, deeds }: CleanupReport): CleanupPass['findings'] {
  const done = deeds.map(({ finding, outcome, note }) => ({ ...finding, outcome, note }))
  const mended = new Set(deeds.map(({ finding }) => `${finding.kind} ${finding.vm}`))
  return [...done, ...findings.filter(({ kind, vm }) => !mended.has(`${kind} ${vm}`))]
}
