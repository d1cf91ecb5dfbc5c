import type { DemandGroup } from '#domain/demand.ts'
import { demandFields, groupDemand, readDemand } from './demand-groups.ts'
import { isTrue, numberOf, queryRows } from './rows.ts'
import type { CallOptions, CondorTools } from './tools.ts'

export interface Demand {
  groups: DemandGroup[]
  /** Idle jobs that could not be read: values with tabs or line ends in them. */
  unreadable: number
}

/**
 * The idle jobs of all submissions, grouped by what they need. Jobs that a factory has not made yet count as well, unless it
 * is paused. Jobs without a `CanfarSubmission` are not ours to boot for.
 *
 * `-autocluster` would be cheaper, but prints nothing while no machine is in the pool and counts jobs that are not idle.
 * @throws CondorError `unreachable`: nothing is known of the demand, which is not the same as none
 */
export async function demand(tools: CondorTools, options: CallOptions = {}): Promise<Demand> {
  const groups = groupDemand()
  let unreadable = 0
  const missed = (rows: number): void => {
    unreadable += rows
  }
  const idle = ['-allusers', '-constraint', 'JobStatus == 1 && CanfarSubmission isnt undefined']
  for await (const row of queryRows(tools, 'condor_q', idle, ['ProcId', ...demandFields], options, missed)) {
    const [proc, ...fields] = row
    groups.add(readDemand(fields), 1, proc)
  }
  const factories = ['-allusers', '-factory', '-constraint', 'CanfarSubmission isnt undefined']
  const state = ['TotalSubmitProcs', 'JobMaterializeNextProcId', 'JobMaterializePaused']
  for await (const row of queryRows(tools, 'condor_q', factories, [...state, ...demandFields], options, missed)) {
    const [total, next, paused, ...fields] = row
    const open = (numberOf(total) ?? 0) - (numberOf(next) ?? 0)
    if (open > 0 && !isTrue(paused)) groups.add(readDemand(fields), open, '-1')
  }
  return { groups: groups.list(), unreadable }
}
