import { ServiceError, type WorkflowHandle } from '@temporalio/client'
import { expect, test } from 'vitest'
import { unanswered, viewOrReason } from '#api/why-not-submitted.ts'
import { Problem } from '#domain/problem.ts'

const workflowId = 'submission/ada/0123'
/** As the client gives it when the server has gone: gRPC's UNAVAILABLE. */
const gone = new ServiceError('14 UNAVAILABLE', { cause: Object.assign(new Error('no connection'), { code: 14 }) })

const said = (taken: boolean): Problem => {
  const problem = unanswered(gone, workflowId, taken)
  if (!(problem instanceof Problem)) throw new Error('no problem was said')
  return problem
}

test.each([
  { taken: true, code: 'NotYetSubmitted', message: 'is recorded and goes on by itself' },
  { taken: false, code: 'PerhapsSubmitted', message: 'it may have been taken' },
])('a submission that Temporal stops answering for says what is known of it: $code', ({ taken, code, message }) => {
  const { data } = said(taken)
  expect(data).toMatchObject({ code, kind: 'unreachable', where: 'Temporal' })
  expect(data.message).toContain(message)
  expect(data.next).toContain('canfar-batch job list')
})

test('to submit again is told only to whom it may not have been taken from, and after a look', () => {
  expect(said(true).data.next).not.toMatch(/again/)
  expect(said(false).data.next).toMatch(/job list.*submit it again if none come/)
})

test('what is wrong with the submission itself is said as it is', () => {
  const problem = new Problem({ code: 'ImageUnknown', kind: 'not-found', message: 'no cloud has the image' })
  expect(unanswered(problem, workflowId, true)).toBe(problem)
  const error = new TypeError('a defect of ours')
  expect(unanswered(error, workflowId, false)).toBe(error)
})

test.each([
  { status: 'RUNNING', query: () => Promise.reject(new Error('is not asked')) },
  { status: 'COMPLETED', query: () => Promise.reject(gone) },
])('one that is $status when Temporal answers again need not be submitted anew', async ({ status, query }) => {
  const handle = { workflowId, describe: () => Promise.resolve({ status: { name: status } }), query }
  await expect(viewOrReason(handle as unknown as WorkflowHandle, gone)).rejects.toMatchObject({
    data: { code: 'NotYetSubmitted', next: expect.not.stringMatching(/again/) },
  })
})
