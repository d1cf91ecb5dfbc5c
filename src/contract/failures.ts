import { ApplicationFailure } from '@temporalio/common'
import type { ProblemData } from '#domain/problem.ts'

/** What is at the bottom of a workflow's failure. */
export function innermost(error: unknown): Error | undefined {
  let inner = error
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause
  return inner instanceof Error ? inner : undefined
}

/** The problem that an activity met, if that is what is at the bottom. */
export function problemOf(failure: Error | undefined): ProblemData | undefined {
  const [data]: unknown[] = failure instanceof ApplicationFailure ? (failure.details ?? []) : []
  return isProblemData(data) ? data : undefined
}

function isProblemData(value: unknown): value is ProblemData {
  return typeof value === 'object' && value !== null && 'code' in value && 'kind' in value && 'message' in value
}
