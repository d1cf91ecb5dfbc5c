import {
  isGrpcDeadlineError,
  ServiceError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import { TerminatedFailure, TimeoutFailure } from '@temporalio/common'
import { innermost, problemOf } from '#contract/failures.ts'
import { Problem } from '#domain/problem.ts'

/** What a workflow's failure means to the person who asked: the problem that an activity met, or else the failure's own words. */
export function asProblem(error: unknown, workflowId: string): unknown {
  if (error instanceof Problem) return error
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcDeadlineError(error))
    return unattended(workflowId)
  if (error instanceof ServiceError) return serviceProblem(error, workflowId)
  if (error instanceof WorkflowNotFoundError) {
    return new Problem({
      code: 'WorkflowNotFound',
      kind: 'not-found',
      where: workflowId,
      message: 'there is no such workflow',
    })
  }
  if (!(error instanceof WorkflowFailedError || error instanceof WorkflowUpdateFailedError)) return error
  const failure = innermost(error) ?? error
  const problem = problemOf(failure)
  if (problem !== undefined) return new Problem(problem)
  if (failure instanceof TimeoutFailure) {
    const message = 'a step of it did not end in time'
    const next = 'Try again later; canfar-batch doctor looks at each part.'
    return new Problem({ code: 'StepTimeout', kind: 'unreachable', where: workflowId, message, next }, { cause: error })
  }
  const ended = failure instanceof TerminatedFailure ? 'it was terminated' : failure.message
  return new Problem(
    {
      code: 'WorkflowFailed',
      kind: 'failure',
      where: workflowId,
      message: ended,
      next: 'If you cannot tell what to mend, show it to your operators.',
    },
    { cause: error },
  )
}

/** gRPC's own numbers (https://grpc.io/docs/guides/status-codes). */
const failedPrecondition = 9
const unavailable = 14

function serviceProblem(error: ServiceError, workflowId: string): unknown {
  const { cause } = error
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  // a query while no worker process has polled for some time
  if (code === failedPrecondition) return unattended(workflowId)
  if (code !== unavailable) return error
  return new Problem(
    {
      code: 'TemporalUnreachable',
      kind: 'unreachable',
      where: 'Temporal',
      message: 'the server does not answer any more',
      next: 'Try again; if it lasts, tell your operators. canfar-batch doctor looks at each part.',
    },
    { cause: error },
  )
}

function unattended(workflowId: string): Problem {
  return new Problem({
    code: 'NoWorkerProcess',
    kind: 'unreachable',
    where: workflowId,
    message: 'nobody answers: no worker process is at work, or it is too busy',
    next: 'Try again; if it lasts, tell your operators. canfar-batch doctor shows whether a worker process runs.',
  })
}
