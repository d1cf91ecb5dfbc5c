import { setTimeout as sleep } from 'node:timers/promises'
import { act } from './act-on-jobs.ts'
import { CondorError } from './condor-error.ts'
import { all, quoteText } from './expression.ts'
import { queryRows } from './rows.ts'
import type { CallOptions, CondorTools } from './tools.ts'

/** Marks, as `HoldReasonSubCode` of a hold by hand (code 1), that we held the job because its VM is gone. */
const vanished = 7001

/** How long a shadow may take to leave its job, ms, and how often it is looked for. */
const patienceMs = 60_000
const lookEvery = 300

/**
 * Makes the jobs of a VM that is gone idle at once; else they would wait for their lease, 40 minutes by default. Being killed
 * between the two steps leaves jobs on hold that the next call releases. Do it only for a VM that is proved gone: one that
 * still ran a job would go on with it.
 *
 * A job on hold keeps its `RemoteHost` until its shadow has left it. Released before that, it would look idle and never be
 * matched, as long as that shadow tries to find the VM again.
 * @returns how many jobs were put back
 * @throws CondorError `timeout` if a shadow does not leave
 */
export async function holdAndRelease(tools: CondorTools, vm: string, options: CallOptions = {}): Promise<number> {
  // slot1_1@<vm>.<domain>; once no shadow has it any more, a job has its last machine under another name
  const host = (attribute: string): string =>
    `split(split(${attribute} ?: "", "@")[1] ?: "", ".")[0] == ${quoteText(vm)}`
  const reason = `canfar-batch: the worker VM ${vm} is gone`
  await act(tools, 'hold', all('JobStatus == 2 || JobStatus == 6 || JobStatus == 7', host('RemoteHost')), {
    ...options,
    reason,
    subcode: vanished,
  })
  const held = all('JobStatus == 5', 'HoldReasonCode == 1', `HoldReasonSubCode == ${vanished}`)
  const free = all(held, 'RemoteHost is undefined', host('LastRemoteHost'))
  let released = 0
  for (const end = Date.now() + patienceMs; ; await sleep(lookEvery, undefined, options)) {
    const taken = await isAny(tools, all(held, host('RemoteHost')), options)
    released += await act(tools, 'release', free, options)
    if (!taken) return released
    if (Date.now() > end) {
      throw new CondorError({ tool: 'condor_hold', code: 'timeout', message: `a shadow does not leave its job of ${vm}` })
    }
  }
}

async function isAny(tools: CondorTools, which: string, options: CallOptions): Promise<boolean> {
  for await (const _ of queryRows(tools, 'condor_q', ['-allusers', '-constraint', which], ['ClusterId'], options)) {
    return true
  }
  return false
}
