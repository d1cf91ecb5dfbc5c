import { act } from './act-on-jobs.ts'
import { all, quoteText } from './expression.ts'
import type { CallOptions, CondorTools } from './tools.ts'

/** Marks, as `HoldReasonSubCode` of a hold by hand (code 1), that we held the job because its VM is gone. */
const vanished = 7001

/**
 * Makes the jobs of a VM that is gone idle at once; else they would wait for their lease, 40 minutes by default. Being killed
 * between the two steps leaves jobs on hold that the next call releases. Do it only for a VM that is proved gone: one that
 * still ran a job would go on with it.
 * @returns how many jobs were put back
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
  const held = all(
    'JobStatus == 5',
    'HoldReasonCode == 1',
    `HoldReasonSubCode == ${vanished}`,
    host('RemoteHost ?: LastRemoteHost'),
  )
  return act(tools, 'release', held, options)
}
