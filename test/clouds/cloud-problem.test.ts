import { cloudConfigFromEntry, OpenStackError, type ErrorCode } from 'openstack-ts'
import { expect, test } from 'vitest'
import { cloudProblem } from '#clouds/cloud-problem.ts'
import { Problem } from '#domain/problem.ts'

const entry = {
  auth: { auth_url: 'https://k/v3', username: 'ann', password: 'secret-of-ann', project_name: 'cosmology' },
}
const user = cloudConfigFromEntry('arbutus', entry, { source: { kind: 'inline' }, path: 'clouds.yaml', base: '/' })

const problemOf = (code: ErrorCode, retryable = false, asker: typeof user | 'site' = user) => {
  const problem = cloudProblem(new OpenStackError('no', { code, service: 'identity', retryable }), 'arbutus', asker)
  return problem instanceof Problem ? problem.data : undefined
}

test('a refused credential is told by whose it is, and never shown', () => {
  const mine = problemOf('Unauthorized')
  expect(mine).toMatchObject({ code: 'CredentialRefused', kind: 'auth', where: 'cloud arbutus' })
  expect(mine?.details).toEqual(['user ann, project cosmology at https://k/v3'])
  expect(JSON.stringify(mine)).not.toContain('secret-of-ann')
  expect(problemOf('Unauthorized', false, 'site')).toMatchObject({ code: 'SiteCredentialRefused', kind: 'auth' })
})

test('a cloud that does not answer may answer later', () => {
  for (const code of ['ConnectionFailed', 'Timeout', 'Unavailable'] as const) {
    expect(problemOf(code, true)).toMatchObject({ code: 'CloudUnreachable', kind: 'unreachable' })
  }
  expect(problemOf('Aborted')).toMatchObject({ code: 'CloudUnreachable' })
})

test('the rest is said in the cloud’s own words; what is not of a cloud stays as it is', () => {
  expect(problemOf('Forbidden')).toMatchObject({ code: 'CloudForbids', kind: 'auth' })
  expect(problemOf('BadReply')).toMatchObject({ code: 'CloudFailed', kind: 'failure', message: 'no' })
  const other = new Error('x')
  expect(cloudProblem(other, 'arbutus', user)).toBe(other)
})
