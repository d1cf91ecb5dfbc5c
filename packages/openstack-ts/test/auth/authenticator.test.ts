import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import {
  collect,
  isAborted,
  isAmbiguous,
  isAuthenticationFailed,
  isNotFound,
  isUnauthorized,
  OpenStackError,
  unlessNotFound,
} from '../../src/index.ts'
import { failureOf } from '../failure.ts'
import { PROJECT_ID, ScriptedCloud } from '../scripted-cloud.ts'

const TOKENS = '/identity/v3/auth/tokens'
const SERVER = '/compute/v2.1/servers/s1'
const serverBody = { server: { id: 's1', name: 'vm', status: 'ACTIVE', tenant_id: PROJECT_ID } }

test('nothing is asked before the first call, and one token serves all', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  expect(cloud.seen).toEqual([])
  expect(await client.projectId()).toBe(PROJECT_ID)
  expect(await client.projectName()).toBe('science')
  expect(await client.userId()).toBe('user-ada')
  expect(await client.hasService('network')).toBe(true)
  expect(await client.hasService('object-store')).toBe(false)
  expect(cloud.tokens).toBe(1)
})

test('50 calls at once with a revoked token: exactly one new authentication, and all succeed', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({ connections: 50 })
  cloud.on('GET', SERVER, { body: serverBody })
  await client.compute.servers.show('s1')
  cloud.revoked.add('token-1')
  cloud.on('POST', TOKENS, () => ({ ...cloud.issueToken(), delayMs: 50 }))
  const shown = await Promise.all(Array.from({ length: 50 }, () => client.compute.servers.show('s1')))
  expect(shown.every(({ name }) => name === 'vm')).toBe(true)
  expect(cloud.tokens).toBe(2)
})

test('a token revoked in the middle of 50 calls: exactly one new authentication, and all succeed', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({ connections: 50 })
  await client.compute.microversion()
  let answered = 0
  cloud.on('GET', SERVER, () => {
    answered += 1
    if (answered === 20) cloud.revoked.add('token-1')
    return { body: serverBody }
  })
  // Keystone takes its time: calls go on being refused while the new token is on its way.
  cloud.on('POST', TOKENS, () => ({ ...cloud.issueToken(), delayMs: 50 }))
  const shown = await Promise.all(Array.from({ length: 50 }, () => client.compute.servers.show('s1')))
  expect(shown.every(({ name }) => name === 'vm')).toBe(true)
  const tokens = cloud.calls('GET', SERVER).map(({ headers }) => headers['x-auth-token'])
  expect([answered, cloud.tokens]).toEqual([50, 2])
  expect([
    tokens.filter((token) => token === 'token-1').length,
    tokens.filter((token) => token === 'token-2').length,
  ]).toEqual([50, 30])
})

test('a refused token that comes late does not drop the new one', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const refused = { error: { code: 401, title: 'Unauthorized', message: 'no' } }
  // The slow call is refused long after the quick one has a new token.
  cloud.on('GET', SERVER, [{ status: 401, body: refused, delayMs: 150 }, { body: serverBody }])
  cloud.on('GET', '/compute/v2.1/limits', [
    { status: 401, body: refused },
    { status: 403, body: refused },
  ])
  await client.compute.microversion()
  const slow = client.compute.servers.show('s1')
  await failureOf(client.compute.limits.absolute())
  expect((await slow).id).toBe('s1')
  expect(cloud.tokens).toBe(2)
})

test('a token that is refused again after authentication ends the call', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  await client.compute.microversion()
  cloud.on('GET', SERVER, {
    status: 401,
    body: { error: { code: 401, message: 'requires authentication', title: 'Unauthorized' } },
  })
  const error = await failureOf(client.compute.servers.show('s1'))
  expect(isUnauthorized(error)).toBe(true)
  expect(error).toMatchObject({ service: 'compute', stage: 'call', retryable: false })
  expect(isAuthenticationFailed(error)).toBe(false)
  expect(cloud.tokens).toBe(2)
  expect(cloud.calls('GET', SERVER)).toHaveLength(2)
})

test('if the new authentication is refused as well, the error says so', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  await client.compute.microversion()
  cloud.revoked.add('token-1')
  cloud.on('POST', TOKENS, {
    status: 401,
    body: { error: { code: 401, message: 'The account is locked', title: 'Unauthorized' } },
  })
  const error = await failureOf(client.compute.servers.show('s1'))
  expect(error).toMatchObject({ code: 'Unauthorized', service: 'identity', fault: 'The account is locked' })
  expect(OpenStackError.is(error) && error.message).toContain('and so was a new authentication')
  expect(isAuthenticationFailed(error)).toBe(true)
})

test.each([
  ['that has been deleted', 'Could not find Application Credential: c1.', 'Unauthorized'],
  [
    'for which there is no Keystone',
    '(http://127.0.0.1/identity/v3/auth/tokens): The resource could not be found.',
    'NotFound',
  ],
])('with an application credential %s nothing is taken for gone', async (_what, message, code) => {
  await using cloud = await ScriptedCloud.start()
  const auth = {
    auth_url: `${cloud.url}/identity/v3`,
    application_credential_id: 'c1',
    application_credential_secret: 's',
  }
  await using client = cloud.connect({}, { auth })
  await client.compute.microversion()
  cloud.revoked.add('token-1')
  cloud.on('POST', TOKENS, { status: 404, body: { error: { code: 404, message, title: 'Not Found' } } })
  const error = await failureOf(unlessNotFound(client.compute.servers.show('s1')))
  expect(error).toMatchObject({ code, service: 'identity', stage: 'authentication', status: 404, fault: message })
  expect([isNotFound(error), isAuthenticationFailed(error)]).toEqual([false, true])
})

test('a POST whose new token cannot be had for the moment was not made: it is not ambiguous', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({ retry: { retries: 0 } })
  await client.compute.microversion()
  cloud.revoked.add('token-1')
  cloud.on('POST', TOKENS, { hangUp: true })
  const error = await failureOf(client.compute.servers.create({ name: 'vm', flavorId: 'f' }))
  expect(error).toMatchObject({ code: 'ConnectionLost', service: 'identity', stage: 'authentication', retryable: true })
  expect([isAuthenticationFailed(error), isAmbiguous(error)]).toEqual([true, false])
})

test('50 calls at once with a token that has expired: exactly one new authentication', async () => {
  await using cloud = await ScriptedCloud.start()
  let now = 0
  await using client = cloud.connect({ connections: 50, now: () => now })
  cloud.on('GET', SERVER, { body: serverBody })
  await client.compute.servers.show('s1')
  now += 3_600_000
  cloud.on('POST', TOKENS, () => ({ ...cloud.issueToken(), delayMs: 50 }))
  await Promise.all(Array.from({ length: 50 }, () => client.compute.servers.show('s1')))
  expect(cloud.tokens).toBe(2)
  expect(
    cloud
      .calls('GET', SERVER)
      .slice(1)
      .every(({ headers }) => headers['x-auth-token'] === 'token-2'),
  ).toBe(true)
})

test('a token revoked while a download streams: the download goes on, the next call gets another token', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const parts = Promise.withResolvers<undefined>()
  const half = 'x'.repeat(100_000)
  cloud.on('GET', '/image/v2/images/i1/file', {
    parts: (async function* () {
      yield half
      await parts.promise
      yield half
    })(),
  })
  cloud.on('GET', '/network/v2.0/ports', { body: { ports: [] } })
  const data = await client.image.images.download('i1')
  cloud.revoked.add('token-1')
  await Promise.all(Array.from({ length: 50 }, () => collect(client.network.ports.list())))
  parts.resolve(undefined)
  let length = 0
  for await (const chunk of data) length += (chunk as Buffer).length
  expect(length).toBe(200_000)
  expect(cloud.tokens).toBe(2)
})

test('an upload refused for its token is not sent again, since its stream is spent', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', '/image/v2/images/i1', () => {
    queueMicrotask(() => cloud.revoked.add('token-1'))
    return { body: { id: 'i1', name: 'n', status: 'queued', visibility: 'private' } }
  })
  cloud.on('PUT', '/image/v2/images/i1/file', { status: 204 })
  const error = await failureOf(client.image.images.upload('i1', Readable.from([Buffer.from('data')])))
  expect(isUnauthorized(error)).toBe(true)
  expect(cloud.calls('PUT', '/image/v2/images/i1/file')).toHaveLength(1)
  expect(cloud.tokens).toBe(1)
})

test.each([-86_400_000, 86_400_000])('a clock that is wrong by %i ms does no harm', async (wrong) => {
  await using cloud = await ScriptedCloud.start()
  let now = Date.now() + wrong
  await using client = cloud.connect({ now: () => now })
  await client.projectId()
  now += 3_000_000
  await client.projectId()
  expect(cloud.tokens).toBe(1)
  now += 600_000
  await client.projectId()
  expect(cloud.tokens).toBe(2)
})

test('a token that lives shorter than the margin is used for half of its life', async () => {
  await using cloud = await ScriptedCloud.start()
  cloud.tokenSeconds = 60
  let now = 0
  await using client = cloud.connect({ now: () => now })
  await client.projectId()
  now += 25_000
  await client.projectId()
  expect(cloud.tokens).toBe(1)
  now += 10_000
  await client.projectId()
  expect(cloud.tokens).toBe(2)
})

test('a POST refused for its token is sent again, since it did nothing', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  await client.compute.microversion()
  cloud.revoked.add('token-1')
  cloud.on('POST', '/compute/v2.1/servers', { status: 202, body: { server: { id: 's9', adminPass: 'x' } } })
  expect(await client.compute.servers.create({ name: 'vm', flavorId: 'f' })).toEqual({ id: 's9' })
})

test('a token is renewed before it expires', async () => {
  await using cloud = await ScriptedCloud.start()
  let now = Date.now()
  await using client = cloud.connect({ now: () => now, tokenSkewMs: 60_000 })
  await client.projectId()
  now += 3_500_000
  await client.projectId()
  expect(cloud.tokens).toBe(1)
  now += 50_000
  await client.projectId()
  expect(cloud.tokens).toBe(2)
})

test('who gives up waiting for a token does not take it from the others', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('POST', TOKENS, () => ({ ...cloud.issueToken(), delayMs: 100 }))
  const controller = new AbortController()
  const impatient = failureOf(client.projectId({ signal: controller.signal }))
  const patient = client.projectId()
  controller.abort()
  expect(isAborted(await impatient)).toBe(true)
  expect(await patient).toBe(PROJECT_ID)
  expect(cloud.tokens).toBe(1)
})

test('Keystone being away for a moment is lived through', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  let tries = 0
  cloud.on('POST', TOKENS, () =>
    tries++ === 0 ? { status: 503, body: '<html><body>busy</body></html>' } : cloud.issueToken(),
  )
  expect(await client.projectId()).toBe(PROJECT_ID)
})

test('a failed authentication is not remembered', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  let tries = 0
  const refusal = { status: 401, body: { error: { code: 401, message: 'wrong', title: 'Unauthorized' } } }
  cloud.on('POST', TOKENS, () => (tries++ === 0 ? refusal : cloud.issueToken()))
  expect(isUnauthorized(await failureOf(client.projectId()))).toBe(true)
  expect(await client.projectId()).toBe(PROJECT_ID)
})

test('what is no Keystone is told so', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('POST', TOKENS, { status: 201, body: '<html>welcome</html>' })
  const error = await failureOf(client.projectId())
  expect(OpenStackError.is(error) && error.message).toContain('is auth_url a Keystone?')
})
