import { CondorError } from './condor-error.ts'
import { runTool, type CallOptions, type CondorTools } from './tools.ts'
import { worker } from './workers.ts'

/** HTCondor's codes in the answer of a startd to a drain. */
const alreadyDraining = '10001'
const checkIsFalse = '10003'

/** `gone`: the pool knows no such worker. */
export type DrainAnswer = 'draining' | 'gone'

/**
 * Drains a worker only if no job is on it. The worker itself decides, at the moment when no job can come any more; a question
 * to the pool before would leave a gap.
 */
export async function drainIfEmpty(
  tools: CondorTools,
  vm: string,
  reason: string,
  options: CallOptions = {},
): Promise<DrainAnswer | 'busy'> {
  return ask(tools, vm, ['-reason', reason, '-check', 'State != "Claimed"'], options)
}

/** Lets no new job start and the running ones end, for as long as the worker's MAXJOBRETIREMENTTIME. */
export async function drain(
  tools: CondorTools,
  vm: string,
  reason: string,
  options: CallOptions = {},
): Promise<DrainAnswer> {
  const answer = await ask(tools, vm, ['-graceful', '-reason', reason], options)
  if (answer !== 'busy') return answer
  throw new CondorError({
    tool: 'condor_drain',
    code: 'failed',
    message: 'a drain without a check was refused by a check',
  })
}

/** Back to service. A worker that does not drain takes it well. */
export async function cancelDrain(
  tools: CondorTools,
  vm: string,
  options: CallOptions = {},
): Promise<'serving' | 'gone'> {
  return (await ask(tools, vm, ['-cancel'], options)) === 'gone' ? 'gone' : 'serving'
}

/**
 * `drained`: nothing runs there and nothing can start; it may be deleted. `draining`: jobs still run. `serving`: it knows of no
 * drain, for example since its startd was restarted. `absent`: the pool has no ad of it, which proves nothing.
 */
export type DrainState = 'drained' | 'draining' | 'serving' | 'absent'

export async function drainState(
  tools: CondorTools,
  vm: string,
  options: CallOptions & { trustDomain?: string } = {},
): Promise<DrainState> {
  const ad = await worker(tools, vm, options)
  if (ad === undefined) return 'absent'
  if (ad.drained) return 'drained'
  return ad.draining ? 'draining' : 'serving'
}

async function ask(
  tools: CondorTools,
  vm: string,
  args: readonly string[],
  options: CallOptions,
): Promise<DrainAnswer | 'busy'> {
  const ad = await worker(tools, vm, options)
  if (ad === undefined) return 'gone'
  try {
    // the machine's name as its own ad has it: HTCondor adds a domain
    await runTool(tools, 'condor_drain', [...args, ad.machine], options)
    return 'draining'
  } catch (error) {
    if (!(error instanceof CondorError)) throw error
    const code = /error code (\d+)/.exec(error.stderr)?.[1]
    if (code === alreadyDraining) return 'draining'
    if (code === checkIsFalse) return 'busy'
    if (error.code === 'not-found') return 'gone'
    throw error
  }
}
