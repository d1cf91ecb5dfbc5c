import { ActivityFailure, ApplicationFailure, RetryState } from '@temporalio/common'
import { WorkflowFailedError } from '@temporalio/client'
import { expect, test } from 'vitest'
import { asFailure } from '#activities/failure.ts'
import { Problem } from '#domain/problem.ts'
import { CondorError } from '#htcondor/condor-error.ts'

const problem = { code: 'ImageNotYours', kind: 'auth', message: 'it is another’s' } as const

test('a workflow that was waited for fails the activity as it failed itself: once, and with its problem', () => {
  const inner = asFailure(new Problem(problem)) as ApplicationFailure
  const failed = new ActivityFailure('activity', 'addMember', '1', RetryState.NON_RETRYABLE_FAILURE, undefined, inner)
  const outer = asFailure(new WorkflowFailedError('failed', failed, RetryState.NON_RETRYABLE_FAILURE))
  expect(outer).toBeInstanceOf(ApplicationFailure)
  expect(outer).toMatchObject({ type: 'ImageNotYours', nonRetryable: true, details: [problem] })
})

test('a problem is final, unless it is one of not being reached', () => {
  expect(asFailure(new Problem(problem))).toMatchObject({ type: 'ImageNotYours', nonRetryable: true })
  expect(asFailure(new Problem({ ...problem, kind: 'unreachable' }))).toMatchObject({ nonRetryable: false })
})

test('what HTCondor will not do reaches the user as a problem', () => {
  const denied = new CondorError({ tool: 'condor_submit', code: 'denied', message: 'READ is not allowed' })
  expect(asFailure(denied)).toMatchObject({
    nonRetryable: true,
    details: [{ code: 'CondorDenied', kind: 'auth', where: 'condor_submit', message: 'READ is not allowed' }],
  })
  const away = new CondorError({ tool: 'condor_q', code: 'unreachable', message: 'no answer' })
  expect(asFailure(away)).toMatchObject({ nonRetryable: false, details: [{ kind: 'unreachable' }] })
})
