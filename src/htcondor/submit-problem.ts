import { Problem } from '#domain/problem.ts'
import { userLine } from '#domain/submit/markers.ts'
import { CondorError } from './condor-error.ts'

/** What condor_submit says of a rendered file, in terms of the user's own; `undefined` if it is not about the file. */
export function submitProblem(error: unknown, rendered: string, file: string): Problem | undefined {
  if (!(error instanceof CondorError) || error.code !== 'invalid') return undefined
  const line = error.submit?.line === undefined ? undefined : userLine(rendered, error.submit.line)
  return new Problem(
    {
      code: 'SubmitFileRefused',
      kind: 'usage',
      where: line === undefined ? file : `${file}:${line}`,
      message: `HTCondor refuses the file: ${error.submit?.message ?? error.message}`,
      next: 'Correct the line, then submit again.',
    },
    { cause: error },
  )
}
