import { setTimeout as sleep } from 'node:timers/promises'
import { act } from './act-on-jobs.ts'
import { CondorError } from './condor-error.ts'
import { all, any, jobsWithIds, quoteText } from './expression.ts'
import { queryRows } from './rows.ts'
import { killShadows, type ShadowedJob } from './shadows.ts'
import type { CallOptions, CondorTools } from './tools.ts'

/** Marks, as `HoldReasonSubCode` of a hold by hand (code 1), that we held the job because its VM is gone. */
const vanished = 7001

/** How long the shadows may take to leave their jobs, ms, and how often they are looked at. */
const patienceMs = 30_000
const lookEvery = 300

/**
 * Makes the jobs of a VM that is gone idle at once; else they would wait for their lease, 40 minutes by default. Being killed
 * between the steps leaves jobs on hold that the next call releases. Do it only for a VM that is proved gone: one that
 * still ran a job would go on with it.
 *
 * A job on hold keeps its `RemoteHost` until its shadow has left it. Released before that, it would look idle and be matched
 * to nothing; a shadow that does not leave by itself is killed. A schedd that was killed with it, and started again, keeps the
 * `RemoteHost` of a job on hold for ever: without a shadow, twice in a row, the job is released all the same (23.9).
 * @returns how many jobs were put back
 * @throws CondorError `timeout` if a shadow is still there; the same call may succeed later
 */
export async function holdAndRelease(tools: CondorTools, vm: string, options: CallOptions = {}): Promise<number> {
  // slot1_1@<vm>.<domain>; while it is not running, a job has its last machine under another name
  const host = (attribute: string): string =>
    `split(split(${attribute} ?: "", "@")[1] ?: "", ".")[0] == ${quoteText(vm)}`
  const reason = `canfar-batch: the worker VM ${vm} is gone`
  await act(tools, 'hold', all('JobStatus == 2 || JobStatus == 6 || JobStatus == 7', host('RemoteHost')), {
    ...options,
    reason,
    subcode: vanished,
  })
  const held = all('JobStatus == 5', 'HoldReasonCode == 1', `HoldReasonSubCode == ${vanished}`)
  let released = 0
  let orphans = new Set<string>()
  for (const end = performance.now() + patienceMs; ;) {
    // a removed job stays in the queue as long as its shadow
    const shadowed = await jobsWith(tools, all(any([held, 'JobStatus == 3']), host('RemoteHost')), options)
    released += await act(tools, 'release', all(held, 'RemoteHost is undefined', host('LastRemoteHost')), options)
    if (shadowed.length === 0) return released
    if (performance.now() > end) {
      const message = `shadows do not leave ${shadowed.map(({ id }) => id).join(', ')}, whose VM ${vm} is gone`
      throw new CondorError({ tool: 'condor_hold', code: 'timeout', message })
    }
    const living = await killShadows(tools, shadowed, options)
    const alone = living === undefined ? [] : shadowed.filter(({ id }) => !living.has(id)).map(({ id }) => id)
    const forgotten = alone.filter((id) => orphans.has(id))
    if (forgotten.length > 0) released += await act(tools, 'release', all(held, jobsWithIds(forgotten)), options)
    orphans = new Set(alone)
    await sleep(lookEvery, undefined, options)
  }
}

async function jobsWith(tools: CondorTools, which: string, options: CallOptions): Promise<ShadowedJob[]> {
  const found: ShadowedJob[] = []
  const args = ['-allusers', '-constraint', which]
  for await (const [cluster, proc, global = ''] of queryRows(
    tools,
    'condor_q',
    args,
    ['ClusterId', 'ProcId', 'GlobalJobId'],
    options,
  )) {
    found.push({ id: `${cluster}.${proc}`, schedd: global.slice(0, global.indexOf('#')) })
  }
  return found
}
