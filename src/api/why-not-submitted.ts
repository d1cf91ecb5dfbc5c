import {
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
} from '@temporalio/client'
import { submissionView, type SubmissionView } from '#contract/submission.ts'
import { Problem } from '#domain/problem.ts'
import { asProblem } from './failure.ts'

/**
 * What to say when a submission did not answer that its jobs are in the queue: it may have ended before it was asked.
 * @param handle of that very run
 * @throws Problem why it failed, or how far it is
 */
export async function viewOrReason(handle: WorkflowHandle, error: unknown): Promise<SubmissionView> {
  const { workflowId } = handle
  const description = await handle.describe().catch(() => undefined)
  switch (description?.status.name) {
    case 'COMPLETED':
      return handle.query(submissionView).catch((failure: unknown) => {
        throw unanswered(failure, workflowId, true)
      })
    case 'FAILED':
    case 'TERMINATED':
      throw await handle.result().then(
        () => asProblem(error, workflowId),
        (failure: unknown) => asProblem(failure, workflowId),
      )
    case 'RUNNING':
      throw error instanceof WorkflowUpdateRPCTimeoutOrCancelledError
        ? stillAtWork(description, workflowId)
        : unanswered(error, workflowId, true)
    default:
      throw unanswered(error, workflowId, true)
  }
}

/**
 * What to say when Temporal stopped answering: "try again" would submit a second time what was taken and is over by then.
 * @param taken whether Temporal had answered that it has the submission
 */
export function unanswered(error: unknown, workflowId: string, taken: boolean): unknown {
  const problem = asProblem(error, workflowId)
  if (!(problem instanceof Problem) || problem.data.kind !== 'unreachable') return problem
  const { where, message } = problem.data
  return new Problem(
    {
      code: taken ? 'NotYetSubmitted' : 'PerhapsSubmitted',
      kind: 'unreachable',
      ...(where === undefined ? {} : { where }),
      message: taken
        ? `${message}; the submission is recorded and goes on by itself`
        : `${message}; it may have been taken`,
      next: `canfar-batch job list shows the jobs as soon as they are in the queue${taken ? '.' : '; submit it again if none come.'}`,
    },
    { cause: error },
  )
}

function stillAtWork({ raw }: WorkflowExecutionDescription, where: string): Problem {
  const steps = (raw.pendingActivities ?? []).filter(({ lastStartedTime }) => lastStartedTime != null)
  if (steps.length === 0) {
    return new Problem({
      code: 'NoWorkerProcess',
      kind: 'unreachable',
      where,
      message: 'the submission waits: no worker process answers',
      next: 'It is recorded and goes on as soon as a worker process runs; canfar-batch doctor shows whether one does.',
    })
  }
  return new Problem({
    code: 'NotYetSubmitted',
    kind: 'unreachable',
    where,
    message: 'the jobs are not in the queue yet; it goes on by itself',
    details: steps.map(
      ({ activityType, attempt, lastFailure }) =>
        `${activityType?.name ?? '?'}, attempt ${attempt ?? 1}${lastFailure?.message ? `: ${lastFailure.message}` : ''}`,
    ),
    next: 'It need not be submitted again: canfar-batch job list shows the jobs as soon as they are in the queue.',
  })
}
