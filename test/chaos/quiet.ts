import { setTimeout as sleep } from 'node:timers/promises'
import { vmLifecycleType } from '#contract/vm-lifecycle.ts'
import { submissionType } from '#contract/submission.ts'
import type { CrashSite } from '../e2e/crash-site.ts'
import { jobsOf } from '../e2e/seen-jobs.ts'

/** Waits until nothing is left but what was planted, no earlier than `earliest`; what is left after the bound is said. */
export async function untilQuiet(
  own: CrashSite,
  planted: ReadonlySet<string>,
  { earliest, boundMs }: { earliest: number; boundMs: number },
): Promise<string[]> {
  for (const end = Date.now() + boundMs; ; await sleep(1000)) {
    const left = await leftovers(own, planted).catch((error: unknown) => [`nobody answers: ${String(error)}`])
    if (left.length === 0 && Date.now() >= earliest) return []
    if (Date.now() > end) return left
  }
}

async function leftovers(own: CrashSite, planted: ReadonlySet<string>): Promise<string[]> {
  const [jobs, servers] = await Promise.all([jobsOf(own.site.pool), own.servers()])
  const left = [
    ...jobs.filter((job) => !job.left).map(({ id, status }) => `job ${id}, status ${status}`),
    ...servers
      .filter(({ name, deletedAt }) => deletedAt === null && !planted.has(name))
      .map(({ name, status }) => `server ${name}, ${status}`),
    ...own.site.runner
      .guests()
      .filter(({ name }) => !planted.has(name))
      .map(({ name }) => `guest ${name}`),
  ]
  const running = `ExecutionStatus = 'Running' AND WorkflowType IN ('${vmLifecycleType}', '${submissionType}')`
  for await (const { workflowId } of own.client.workflow.list({ query: running })) left.push(`workflow ${workflowId}`)
  return left
}
