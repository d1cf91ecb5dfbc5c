import { Problem } from '#domain/problem.ts'
import type { JobStamp } from '#domain/submit/stamp.ts'
import { verifyJobAd } from '#domain/submit/verify.ts'
import { dryRun, mostKinds, type DryRun, type DryRunInput } from './dry-run.ts'
import { submitProblem } from './submit-problem.ts'
import type { CondorTools } from './tools.ts'

export interface CheckInput extends DryRunInput {
  /** What is in {@link DryRunInput.file}. */
  rendered: string
  /** How the user knows their own file. */
  name: string
  /** What each job must carry. */
  stamp: JobStamp
}

/**
 * What the real condor_submit makes of a rendered file.
 * @throws Problem naming the user's own line where HTCondor finds fault with it; `LineOverridden`; `NoJobs`
 */
export async function checkRendered(tools: CondorTools, input: CheckInput): Promise<DryRun> {
  const { rendered, name, stamp } = input
  const dry = await dryRun(tools, input).catch((error: unknown) => {
    throw submitProblem(error, rendered, name) ?? error
  })
  const [overridden] = dry.kinds.flatMap(({ ad }) => verifyJobAd(ad, stamp))
  if (overridden !== undefined) throw new Problem({ ...overridden, where: name })
  if (dry.more) {
    throw new Problem({
      code: 'TooManyKinds',
      kind: 'usage',
      where: name,
      message: `its jobs are of more than ${mostKinds} kinds`,
      next: 'Let jobs share requirements and requests, or split the file.',
    })
  }
  if (dry.jobs > 0) return dry
  throw new Problem({
    code: 'NoJobs',
    kind: 'usage',
    where: name,
    message: 'the queue statements make no jobs',
    next: 'Look at their counts, and at the files or patterns that they name.',
  })
}
