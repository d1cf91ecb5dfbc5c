import { Problem, type ProblemData } from '#domain/problem.ts'
import { exitCodes } from '../exit-code.ts'
import type { OutputFormat } from '../io.ts'
import type { Paint } from './colour.ts'
import { toJson, toYaml } from './document.ts'
import { manyLines, oneLine } from './text.ts'

/** Any error as a problem. What is none already is a mistake of ours, or of a library, and is called so. */
export const problemOf = (error: unknown): ProblemData => {
  if (error instanceof Problem) return error.data
  return {
    code: 'Unexpected',
    kind: 'failure',
    message: error instanceof Error && error.message !== '' ? error.message : String(error),
    next: 'run it again with --verbose, and report what it prints',
  }
}

/** For people: what and where, then the details, then what to do next. */
export const problemText = (problem: ProblemData, paint: Paint): string => {
  const where = problem.where === undefined ? '' : `${oneLine(problem.where)}: `
  const lines = [`${paint('red', 'error:')} ${where}${oneLine(problem.message)}`]
  for (const detail of problem.details ?? [])
    lines.push(
      ...manyLines(detail)
        .split('\n')
        .map((line) => `  ${line}`),
    )
  if (problem.next !== undefined) lines.push(`  ${paint('bold', 'next:')} ${oneLine(problem.next)}`)
  return `${lines.join('\n')}\n`
}

/** For programs: `code` is stable, `exitCode` is what the process ends with. */
export const problemDocument = (problem: ProblemData): { kind: string; item: object } => {
  const { code, kind, message, where, next } = problem
  const details = problem.details?.length === 0 ? undefined : problem.details
  return { kind: 'Error', item: { code, kind, message, where, next, details, exitCode: exitCodes[kind] } }
}

export const renderProblem = async (problem: ProblemData, format: OutputFormat, paint: Paint): Promise<string> => {
  if (format === 'json') return toJson(problemDocument(problem))
  if (format === 'yaml') return toYaml(problemDocument(problem))
  return problemText(problem, paint)
}
