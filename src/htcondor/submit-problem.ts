import { lineAtFault } from '#domain/submit/line-at-fault.ts'
import { userLine, userText } from '#domain/submit/markers.ts'
import { Problem } from '#domain/problem.ts'
import { CondorError } from './condor-error.ts'

/** What condor_submit says of a rendered file, in terms of the user's own; `undefined` if it is not about the file. */
export function submitProblem(error: unknown, rendered: string, file: string): Problem | undefined {
  if (!(error instanceof CondorError) || error.code !== 'invalid') return undefined
  const fault = error.submit ?? { message: error.message }
  const line = fault.line === undefined ? lineAtFault(userText(rendered), fault) : userLine(rendered, fault.line)
  return new Problem(
    {
      code: 'SubmitFileRefused',
      kind: 'usage',
      where: line === undefined ? file : `${file}:${line}`,
      message: `HTCondor refuses the file: ${fault.message}`,
      next: 'Correct the line, then submit again.',
    },
    { cause: error },
  )
}
