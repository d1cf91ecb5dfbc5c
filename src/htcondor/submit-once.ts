import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Account } from './account.ts'
import { chooseAttempt, type Attempt } from './attempts.ts'
import { CondorError } from './condor-error.ts'
import { all, inClusters, quoteText } from './expression.ts'
import { discardReason, lookUpAttempts, submittedOnHold } from './look-up.ts'
import { act } from './act-on-jobs.ts'
import { submitFault } from './submit-fault.ts'
import { runTool, type CallOptions, type CondorTools } from './tools.ts'

export interface SubmitInput extends CallOptions {
  as: Account
  /** Id of the submission, stamped on each job as `CanfarSubmission` by the file. */
  submission: string
  /** The rendered submit file, and the directory in which the user pressed Enter. */
  file: string
  directory: string
  /**
   * A file of job factories ({@link DryRun.factory}) is submitted paused instead of on hold: each of its jobs would inherit
   * the hold, also those that are made long after the release.
   */
  factory?: boolean
  /** When the submission began, ms since 1970: the history of jobs that ended before is not searched. */
  since?: number
}

export interface Submitted {
  /** `procs` is 0 for a job factory that the schedd has not begun with yet. */
  clusters: { id: number; procs: number }[]
  /** It had been submitted before this call. */
  found: boolean
  /** Duplicates that were removed, by cluster. They never ran. */
  removed: number[]
  /** What `condor_submit` warned of. */
  warnings: string[]
}

/** Undoes a hold that is not the user's own, and makes no job until released. */
const factoryGate = ['hold = $(MY.CanfarUserHold:False)', '+JobMaterializePaused = 1']

const submitTimeoutMs = 10 * 60_000

/**
 * Submits a file once, however often it is called and whenever it, or this process, is killed.
 *
 * The jobs arrive on hold, so they cannot run. Queue and history are searched for the submission before and after; of several
 * arrivals one is kept, by a rule on which everyone agrees, the others are removed; only the kept clusters, by number, are
 * released. One that arrives still later, from a killed call, stays on hold and is removed by the next call or
 * {@link removeDuplicates}. Jobs whose user asked for hold (`CanfarUserHold`) stay held.
 *
 * @throws CondorError `unreachable` (nothing is known: call again), `invalid`, `denied`, `refused`
 */
export async function submitOnce(tools: CondorTools, input: SubmitInput): Promise<Submitted> {
  if (input.as.uid === 0)
    throw new CondorError({ tool: 'condor_submit', code: 'refused', message: 'HTCondor takes no jobs of root' })
  const before = await lookUpAttempts(tools, input)
  const found = before.some(({ discarded }) => !discarded)
  const warnings = found ? [] : await handIn(tools, input)
  const attempts = found ? before : await lookUpAttempts(tools, input)
  const { kept, duplicates } = chooseAttempt(attempts)
  if (kept === undefined) {
    throw new CondorError({
      tool: 'condor_submit',
      code: 'failed',
      message: 'it reported success, and the queue holds no such job',
    })
  }
  const removed = await discard(tools, input, kept, duplicates)
  await release(tools, input, kept)
  const sizes = kept.paused.size > 0 ? await sizesOf(tools, input, kept) : kept.clusters
  const clusters = [...sizes].map(([id, procs]) => ({ id, procs })).toSorted((a, b) => a.id - b.id)
  return { clusters, found, removed, warnings }
}

/** Removes arrivals of a submission besides the kept one. @returns their clusters */
export async function removeDuplicates(
  tools: CondorTools,
  input: Pick<SubmitInput, 'as' | 'submission' | 'since' | 'signal'>,
): Promise<number[]> {
  const { kept, duplicates } = chooseAttempt(await lookUpAttempts(tools, input))
  return kept === undefined ? [] : discard(tools, input, kept, duplicates)
}

async function handIn(tools: CondorTools, input: SubmitInput): Promise<string[]> {
  const gate = input.factory === true ? factoryGate : ['hold = True']
  const stamps = [...gate, `+CanfarSubmission = ${quoteText(input.submission)}`, `+CanfarAttempt = "${randomUUID()}"`]
  const args = ['-terse', ...stamps.flatMap((line) => ['-append', line]), input.file]
  const { as, directory: cwd, signal } = input
  try {
    const { stderr } = await runTool(tools, 'condor_submit', args, { as, cwd, signal, timeoutMs: submitTimeoutMs })
    return [...stderr.matchAll(/^WARNING: (.*)$/gim)].map(([, words = '']) => words)
  } catch (error) {
    const fault = refusalOf(error)
    if (fault !== undefined) throw fault
    // it may have arrived all the same; if nothing has, the reason is worth more than the empty queue
    const attempts = await lookUpAttempts(tools, input)
    if (chooseAttempt(attempts).kept === undefined) throw error
    return []
  }
}

/** A failure that proves that nothing was submitted, and that trying again changes nothing. */
function refusalOf(error: unknown): CondorError | undefined {
  if (!(error instanceof CondorError)) return undefined
  if (error.code === 'missing-tool' || error.code === 'denied' || error.code === 'refused') return error
  if (error.retryable) return undefined
  const { tool, exitCode, stderr } = error
  const submit = submitFault(stderr)
  return submit === undefined
    ? error
    : new CondorError({ tool, code: 'invalid', message: submit.message, exitCode, stderr, submit })
}

/** The schedd counts the jobs of a factory only once it has been released, a moment later. */
async function sizesOf(tools: CondorTools, input: SubmitInput, kept: Attempt): Promise<ReadonlyMap<number, number>> {
  for (let tries = 0; tries < 20; tries++) {
    const now = (await lookUpAttempts(tools, input)).find(({ id }) => id === kept.id)
    if (now !== undefined && [...now.clusters.values()].every((jobs) => jobs > 0)) return now.clusters
    await sleep(100, undefined, input.signal === undefined ? {} : { signal: input.signal })
  }
  return kept.clusters
}

async function discard(
  tools: CondorTools,
  { as, signal }: { as: Account; signal?: AbortSignal | undefined },
  kept: Attempt,
  duplicates: readonly Attempt[],
): Promise<number[]> {
  const ids = duplicates.flatMap(({ clusters }) => [...clusters.keys()]).filter((id) => !kept.clusters.has(id))
  if (ids.length > 0)
    await act(tools, 'remove', inClusters(ids), {
      as,
      reason: discardReason(Math.min(...kept.clusters.keys())),
      signal,
    })
  return ids
}

async function release(tools: CondorTools, input: SubmitInput, kept: Attempt): Promise<void> {
  const ids = [...kept.clusters.keys()]
  const { as, signal } = input
  await act(tools, 'release', all(inClusters(ids), submittedOnHold, 'CanfarUserHold =!= True'), { as, signal })
  // only one that never made a job: later its owner may have paused it
  if (input.factory === true) {
    for (const id of kept.paused) await act(tools, 'release', { cluster: id }, { as, signal })
  }
}
