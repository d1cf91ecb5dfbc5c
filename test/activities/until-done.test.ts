import { ApplicationFailure, CancelledFailure } from '@temporalio/common'
import { OpenStackError } from 'openstack-ts'
import { describe, expect, test } from 'vitest'
import { asFailure, untilDone } from '#activities/failure.ts'
import { Problem } from '#domain/problem.ts'
import { CondorError } from '#htcondor/condor-error.ts'

async function failing(error: unknown): Promise<unknown> {
  try {
    await untilDone(async () => {
      throw error
    })
  } catch (failure) {
    return failure
  }
  throw new Error('it did not fail')
}

describe('what has to be done is tried again', () => {
  const final = {
    'a policy of the cloud': new OpenStackError('forbidden', { code: 'Forbidden', service: 'compute', status: 403 }),
    'a worker that refuses us': new CondorError({ tool: 'condor_drain', code: 'denied', message: 'permission denied' }),
    'a configuration that is wrong': new Problem({
      code: 'CloudNotFound',
      kind: 'not-found',
      message: 'no such cloud',
    }),
    'a failure that calls itself final': ApplicationFailure.nonRetryable('no', 'CloudError', { seen: 1 }),
  }

  test.each(Object.entries(final))('%s', async (_name, error) => {
    const before = asFailure(error)
    expect(before).toMatchObject({ nonRetryable: true })
    const { message, type, details } = before as ApplicationFailure
    expect(await failing(error)).toMatchObject({ nonRetryable: false, message, type, details })
  })

  test('after the time that the service asked for', async () => {
    const busy = new OpenStackError('busy', {
      code: 'TooManyRequests',
      service: 'compute',
      retryable: true,
      retryAfterMs: 5000,
    })
    expect(await failing(busy)).toMatchObject({ nonRetryable: false, nextRetryDelay: 5000 })
  })

  test('but a cancellation stays one, and success is success', async () => {
    expect(await failing(new CancelledFailure('cancelled'))).toBeInstanceOf(CancelledFailure)
    expect(await untilDone(async () => 'done')).toBe('done')
  })
})
