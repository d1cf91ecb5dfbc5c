import { ApplicationFailure } from '@temporalio/common'
import type { ProblemData } from '#domain/problem.ts'

/** The problem that an activity met, in the failure of the workflow that it ended. */
export function problemIn(error: unknown): ProblemData | undefined {
  let inner = error
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause
  const [data]: unknown[] = inner instanceof ApplicationFailure ? (inner.details ?? []) : []
  return isProblemData(data) ? data : undefined
}

function isProblemData(value: unknown): value is ProblemData {
  return typeof value === 'object' && value !== null && 'code' in value && 'kind' in value && 'message' in value
}
