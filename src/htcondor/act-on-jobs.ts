import type { Account } from './account.ts'
import { CondorError } from './condor-error.ts'
import { runTool, type CallOptions, type CondorTools } from './tools.ts'

export type JobAction = 'remove' | 'hold' | 'release'

export interface ActOptions extends CallOptions {
  /** With whose rights; this process's own (as root: the pool's administrator) if absent. */
  as?: Account | 'self' | undefined
  /** Kept with the job; for `hold` and `remove`. */
  reason?: string
  /** Of `hold`, as `HoldReasonSubCode`. */
  subcode?: number
}

const toolOf = { remove: 'condor_rm', hold: 'condor_hold', release: 'condor_release' } as const

/**
 * Removes, holds or releases all jobs that meet a constraint, or a whole cluster with its factory. None is no error.
 * @returns how many jobs it was done to
 * @throws CondorError `denied` if some are another user's
 */
export async function act(
  tools: CondorTools,
  action: JobAction,
  which: string | { cluster: number },
  { as, reason, subcode, signal }: ActOptions = {},
): Promise<number> {
  const tool = toolOf[action]
  const why = [
    ...(reason === undefined ? [] : ['-reason', reason]),
    ...(subcode === undefined ? [] : ['-subcode', String(subcode)]),
  ]
  const target = typeof which === 'string' ? ['-constraint', which] : [String(which.cluster)]
  const { stdout, stderr } = await runTool(tools, tool, ['-totals', ...why, ...target], {
    as,
    signal,
    answer: totalsLine,
  })
  const counted = parseTotals(stdout)
  if (counted === undefined)
    throw new CondorError({ tool, code: 'failed', message: `unexpected answer ${JSON.stringify(stdout)}`, stderr })
  if (counted.denied > 0) {
    throw new CondorError({
      tool,
      code: 'denied',
      message: `no right to ${action} ${counted.denied} job(s)`,
      exitCode: 0,
      stderr,
    })
  }
  return counted.done
}

/** `2 Succeeded, 0 Failed, 0 Not Found, 0 Bad Status, 0 Already Done, 0 Permission Denied` */
const totalsLine = /^(\d+) Succeeded,.* (\d+) Permission Denied$/m

export function parseTotals(stdout: string): { done: number; denied: number } | undefined {
  const [, done, denied] = totalsLine.exec(stdout) ?? []
  return done === undefined || denied === undefined ? undefined : { done: Number(done), denied: Number(denied) }
}
