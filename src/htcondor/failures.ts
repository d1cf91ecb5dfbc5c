import { act } from './act-on-jobs.ts'
import { all, quoteText } from './expression.ts'
import { queryRows } from './rows.ts'
import type { CallOptions, CondorTools } from './tools.ts'

/**
 * Hold reasons that speak of the machine rather than of the job (HTCondor's manual, "HoldReasonCode"): 6 the starter could not
 * start the program, 27 it could not use the account.
 */
const machineHolds = 'HoldReasonCode == 6 || HoldReasonCode == 27'

const failed = `(JobStatus == 1 && NumShadowExceptions > 0) || (JobStatus == 5 && (${machineHolds}))`

/** The VM in `slot1_1@<vm>.<domain>`; a job that does not run has its last machine under this name. */
const lastVm = 'split(split(LastRemoteHost ?: "", "@")[1] ?: "", ".")[0]'

/** Jobs of ours that a worker VM could not run, by VM: back in the queue after their starter failed, or held for the machine's sake. */
export async function failuresByVm(tools: CondorTools, options: CallOptions = {}): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  const args = ['-allusers', '-constraint', all('CanfarSubmission isnt undefined', failed)]
  for await (const [vm, cluster, proc] of queryRows(
    tools,
    'condor_q',
    args,
    [lastVm, 'ClusterId', 'ProcId'],
    options,
  )) {
    if (vm !== undefined && vm !== '') found.set(vm, [...(found.get(vm) ?? []), `${cluster}.${proc}`])
  }
  return found
}

/** Lets the jobs go on that were held because of this VM, and no others. @returns how many */
export async function releaseHeldBy(tools: CondorTools, vm: string, options: CallOptions = {}): Promise<number> {
  return act(tools, 'release', all('JobStatus == 5', `(${machineHolds})`, `${lastVm} == ${quoteText(vm)}`), options)
}
