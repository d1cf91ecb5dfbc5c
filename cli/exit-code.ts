import type { ProblemKind } from '#domain/problem.ts'

/** Exit codes by the kind of problem; docs/exit-codes.md explains them to users. */
export const exitCodes: Record<ProblemKind, number> = {
  failure: 1,
  usage: 2,
  'not-found': 3,
  auth: 4,
  unreachable: 5,
}

/** 128 + the number of the signal, as shells have it. */
export const signalExitCodes = { SIGINT: 130, SIGTERM: 143 } as const
