import { createHash } from 'node:crypto'
import type { Deps } from '#activities/deps.ts'
import type { SubmissionInput } from '#contract/submission.ts'
import { Problem } from '#domain/problem.ts'
import type { SubmitReport } from '#domain/submit/report.ts'
import { validateSubmitFile } from '#domain/submit/validate.ts'
import { CondorError } from '#htcondor/condor-error.ts'
import { readFileAs } from '#htcondor/files-as.ts'
import { requireExecutables } from '#htcondor/require-executables.ts'

/** What a submission needs to know of its file; small, for it goes into the history. */
export interface ReadFile {
  warnings: string[]
  image?: string
  flavor?: string
  keepaliveMinutes?: number
  resources: SubmitReport['resources']
  /** `+TargetClouds`: names or aliases; none is any. */
  targetClouds?: string[]
  /** The proxy that the file itself names. */
  proxy?: string
}

/** @throws Problem naming file and line */
export async function readSubmitFile({ config }: Deps, input: SubmissionInput): Promise<ReadFile> {
  const { account, file, directory } = input
  const text = await readUnchanged(input)
  const report = validateSubmitFile(text, file, {
    ...(input.image === undefined ? {} : { image: input.image }),
    ...(input.flavor === undefined ? {} : { flavor: input.flavor }),
    strictRequirements: config.policy.refuseRequirements,
  })
  const [problem, ...more] = report.problems
  if (problem !== undefined) {
    throw new Problem({
      ...problem,
      details: [...(problem.details ?? []), ...more.map((one) => `${one.where ?? ''}: ${one.message}`)],
    })
  }
  await requireExecutables(account, report.executables, file, directory)
  return {
    warnings: report.includes.map((line) => `${file}:${line}: what this line brings in could not be checked`),
    resources: report.resources,
    ...(report.targetClouds === undefined ? {} : { targetClouds: namesIn(report.targetClouds) }),
    ...(report.image === undefined ? {} : { image: report.image }),
    ...(report.flavor === undefined ? {} : { flavor: report.flavor }),
    ...(report.keepalive === undefined ? {} : { keepaliveMinutes: report.keepalive }),
    ...(report.x509userproxy === undefined ? {} : { proxy: report.x509userproxy }),
  }
}

/** The file as it was when the user pressed Enter. @throws Problem `SubmitFileChanged` or `SubmitFileUnreadable` */
export async function readUnchanged({ account, file, fileDigest }: SubmissionInput): Promise<string> {
  const text = await readFileAs(account, file).catch((error: unknown) => {
    if (!(error instanceof CondorError) || error.retryable) throw error
    throw new Problem(
      {
        code: 'SubmitFileUnreadable',
        kind: 'failure',
        where: file,
        message: `the submit file cannot be read on the access point: ${error.message}`,
        next: 'Put it where the access point can read it, then submit again.',
      },
      { cause: error },
    )
  })
  if (createHash('sha256').update(text).digest('hex') === fileDigest) return text
  throw new Problem({
    code: 'SubmitFileChanged',
    kind: 'failure',
    where: file,
    message: 'the file has changed since you submitted it',
    next: 'Submit again.',
  })
}

const namesIn = (list: string): string[] => list.split(/[\s,]+/).filter((name) => name !== '')
