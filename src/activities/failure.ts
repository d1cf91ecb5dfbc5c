import { WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure, CancelledFailure } from '@temporalio/common'
import { OpenStackError } from 'openstack-ts'
import { Problem, type ProblemData } from '#domain/problem.ts'
import { CondorError, type CondorErrorCode } from '#htcondor/condor-error.ts'

/**
 * An error of ours or of an outside system as Temporal shall see it: with a stable type, retried only where a retry can
 * change something, and after the time that the service asked for.
 */
export function asFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error
  if (error instanceof Problem) {
    return ApplicationFailure.create({
      message: error.message,
      type: error.data.code,
      nonRetryable: error.data.kind !== 'unreachable',
      details: [error.data satisfies ProblemData],
    })
  }
  if (OpenStackError.is(error)) {
    return ApplicationFailure.create({
      message: error.message,
      type: error.code,
      nonRetryable: !error.retryable,
      details: [{ service: error.service, status: error.status, requestId: error.requestId }],
      ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
    })
  }
  if (error instanceof CondorError) {
    return ApplicationFailure.create({
      message: error.message,
      type: `condor-${error.code}`,
      nonRetryable: !error.retryable,
      details: [ofCondor(error)],
    })
  }
  return error instanceof WorkflowFailedError ? ofWorkflow(error) : error
}

/** A workflow that an activity waited for has failed: trying again changes as much as it would have changed there. */
function ofWorkflow(error: WorkflowFailedError): unknown {
  for (
    let cause = error.cause;
    cause instanceof Error;
    cause = cause.cause instanceof Error ? cause.cause : undefined
  ) {
    if (!(cause instanceof ApplicationFailure)) continue
    const { message, type, nonRetryable, details } = cause
    return ApplicationFailure.create({
      message,
      type: type ?? 'WorkflowFailed',
      nonRetryable: nonRetryable ?? false,
      details: details ?? [],
    })
  }
  return error
}

const condorProblems: Record<CondorErrorCode, Pick<ProblemData, 'code' | 'kind'>> = {
  unreachable: { code: 'CondorUnreachable', kind: 'unreachable' },
  timeout: { code: 'CondorUnreachable', kind: 'unreachable' },
  denied: { code: 'CondorDenied', kind: 'auth' },
  'missing-tool': { code: 'CondorMissing', kind: 'auth' },
  'not-found': { code: 'CondorNotFound', kind: 'not-found' },
  invalid: { code: 'CondorRefused', kind: 'failure' },
  refused: { code: 'CondorRefused', kind: 'failure' },
  failed: { code: 'CondorFailed', kind: 'failure' },
}

function ofCondor({ code, tool, message }: CondorError): ProblemData {
  return {
    ...condorProblems[code],
    where: tool,
    message: message.replace(`${tool}: `, ''),
    next: 'If you cannot tell what to mend, show it to your operators; canfar-batch doctor looks at each part.',
  }
}

/**
 * For what has to be done sooner or later, e.g. giving a server back: an error that no retry would change is retried all the
 * same, for somebody may change what it complains of.
 */
export async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const failure = asFailure(error)
    if (!(failure instanceof ApplicationFailure) || failure.nonRetryable !== true) throw failure
    const { message, type, details } = failure
    throw ApplicationFailure.create({
      message,
      nonRetryable: false,
      ...(type == null ? {} : { type }),
      ...(details == null ? {} : { details }),
    })
  }
}

/** The same activities, whose errors leave as {@link asFailure} has them. */
export function withFailures<T extends object>(activities: T): T {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await (activity as (...args: unknown[]) => Promise<unknown>)(...args)
      } catch (error) {
        throw asFailure(error)
      }
    },
  ])
  return Object.fromEntries(wrapped) as T
}
