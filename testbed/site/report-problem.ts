import { problemOf, problemText } from '../../cli/render/problem.ts'
import { exitCodes } from '../../cli/exit-code.ts'

/** Prints an error as the product's own commands do. @returns the exit code for it */
export function reportProblem(error: unknown): number {
  const problem = problemOf(error)
  // No option of ours shows a stack later.
  const unexpected = problem.code === 'Unexpected'
  process.stderr.write(problemText(unexpected ? { ...problem, next: 'report this' } : problem, (_, text) => text))
  if (unexpected && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`)
  return exitCodes[problem.kind]
}
