import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import {
  collect,
  isAborted,
  isAmbiguous,
  isConflict,
  isForbidden,
  isNotFound,
  isQuotaExceeded,
  isUnavailable,
  OpenStackError,
  unlessNotFound,
  type RequestEvent,
  type ResponseEvent,
} from '../../src/index.ts'
import { failureOf } from '../failure.ts'
import { portOf, PROJECT_ID, ScriptedCloud } from '../scripted-cloud.ts'

const SERVER = '/compute/v2.1/servers/s1'
const CREATE = { name: 'vm', flavorId: 'f', imageId: 'i' }

test.each([429, 502, 503, 504])('a GET that answers %i is tried again', async (status) => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', '/network/v2.0/security-groups', [{ status }, { status }, { body: { security_groups: [] } }])
  expect(await collect(client.network.securityGroups.list())).toEqual([])
  expect(cloud.calls('GET', '/network/v2.0/security-groups')).toHaveLength(3)
})

test('it gives up after the tries it has', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('DELETE', SERVER, { status: 503 })
  const error = await failureOf(client.compute.servers.delete('s1'))
  expect(error).toMatchObject({
    code: 'Unavailable',
    status: 503,
    retryable: true,
    service: 'compute',
    method: 'DELETE',
  })
  expect(isUnavailable(error)).toBe(true)
  expect(isAmbiguous(error)).toBe(false)
  expect(cloud.calls('DELETE', SERVER)).toHaveLength(3)
})

test('a GET whose connection breaks is tried again', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', '/network/v2.0/ports', [{ hangUp: true }, { body: { ports: [] } }])
  expect(await collect(client.network.ports.list())).toEqual([])
})

test.each([
  ['502', { status: 502 }, { code: 'Unavailable', status: 502 }, true],
  ['504', { status: 504 }, { code: 'Unavailable', status: 504 }, true],
  [
    '500',
    { status: 500, body: { computeFault: { code: 500, message: 'Unexpected API Error.' } } },
    { code: 'ServerFailure', fault: 'Unexpected API Error.' },
    true,
  ],
  ['a broken connection', { hangUp: true }, { code: 'ConnectionLost' }, true],
  ['silence', { silent: true }, { code: 'Timeout' }, true],
  ['503', { status: 503, headers: { 'retry-after': '0' } }, { code: 'Unavailable', retryAfterMs: 0 }, false],
  ['429', { status: 429 }, { code: 'TooManyRequests' }, false],
])('a POST is never repeated: %s', async (_what, answer, expected, ambiguous) => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  await client.compute.microversion()
  cloud.on('POST', '/compute/v2.1/servers', answer)
  const error = await failureOf(client.compute.servers.create(CREATE, { timeoutMs: 200 }))
  expect(error).toMatchObject({ ...expected, retryable: true, method: 'POST' })
  expect(isAmbiguous(error)).toBe(ambiguous)
  expect(cloud.calls('POST', '/compute/v2.1/servers')).toHaveLength(1)
})

test('a POST that cannot have been sent is not ambiguous', async () => {
  const port = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const free = portOf(server.address())
      server.close(() => resolve(free))
    })
  })
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({}, { network_endpoint_override: `http://127.0.0.1:${port}` })
  const error = await failureOf(client.network.floatingIps.create({ networkId: 'n' }))
  expect(error).toMatchObject({ code: 'ConnectionFailed', retryable: true, mayHaveActed: false })
  expect(isAmbiguous(error)).toBe(false)
})

test('Retry-After is waited for if short, and handed over if long', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({ retry: { baseDelayMs: 1, maxDelayMs: 1500 } })
  cloud.on('GET', '/network/v2.0/ports', [{ status: 429, headers: { 'retry-after': '1' } }, { body: { ports: [] } }])
  const started = performance.now()
  await collect(client.network.ports.list())
  expect(performance.now() - started).toBeGreaterThanOrEqual(990)
  cloud.on('GET', '/network/v2.0/networks', { status: 429, headers: { 'retry-after': '30' } })
  const error = await failureOf(collect(client.network.networks.list()))
  expect(error).toMatchObject({ code: 'TooManyRequests', retryAfterMs: 30_000, retryable: true })
  expect(cloud.calls('GET', '/network/v2.0/networks')).toHaveLength(1)
})

test.each([
  [403, { forbidden: { code: 403, message: "Policy doesn't allow os_compute_api to be performed." } }, isForbidden],
  [
    403,
    { forbidden: { code: 403, message: 'Quota exceeded for cores: Requested 8, but already used 96 of 100 cores' } },
    isQuotaExceeded,
  ],
  [404, { itemNotFound: { code: 404, message: 'Instance s1 could not be found.' } }, isNotFound],
  [409, { conflictingRequest: { code: 409, message: 'Instance s1 is locked' } }, isConflict],
  [
    409,
    { NeutronError: { type: 'OverQuota', message: "Quota exceeded for resources: ['port'].", detail: '' } },
    isQuotaExceeded,
  ],
])('%i %j has its own predicate', async (status, body, predicate) => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('DELETE', SERVER, { status, body })
  const error = await failureOf(client.compute.servers.delete('s1'))
  const all = [isForbidden, isQuotaExceeded, isNotFound, isConflict]
  expect(all.filter((one) => one(error))).toEqual([predicate])
  expect(error).toMatchObject({ retryable: false, fault: Object.values(body)[0]?.message })
  expect(OpenStackError.is(error) && error.message).toContain(`DELETE ${SERVER} answered ${status}: `)
})

test('what a 404 means for deletions can be said in a word', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('DELETE', SERVER, [{ status: 404 }, { status: 409 }])
  expect(await unlessNotFound(client.compute.servers.delete('s1'))).toBeUndefined()
  expect(isConflict(await failureOf(unlessNotFound(client.compute.servers.delete('s1'))))).toBe(true)
})

test('request ids go both ways, and hooks see each try without secrets', async () => {
  const requests: RequestEvent[] = []
  const responses: ResponseEvent[] = []
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({
    hooks: { onRequest: (event) => requests.push(event), onResponse: (event) => responses.push(event) },
  })
  cloud.on('GET', SERVER, [{ status: 503 }, { status: 404, headers: { 'x-openstack-request-id': 'req-nova' } }])
  const requestId = 'req-11111111-2222-4333-8444-555555555555'
  const error = await failureOf(client.compute.servers.show('s1', { requestId }))
  expect(error).toMatchObject({ requestId: 'req-nova', globalRequestId: requestId })
  expect(cloud.calls('GET', SERVER).map(({ headers }) => headers['x-openstack-request-id'])).toEqual([
    requestId,
    requestId,
  ])
  const tries = responses.filter(({ url }) => url.endsWith('/s1'))
  expect(tries.map(({ attempt, status, requestId: id }) => [attempt, status, id === 'req-nova'])).toEqual([
    [1, 503, false],
    [2, 404, true],
  ])
  expect(requests).toHaveLength(responses.length)
  const log = JSON.stringify([requests, responses])
  expect(log).not.toContain('sesame')
  expect(log).not.toContain('token-1')
  const [auth] = cloud.calls('POST', '/identity/v3/auth/tokens')
  expect(auth?.headers['x-openstack-request-id']).toMatch(/^req-[0-9a-f-]{36}$/)
})

test('an abort ends the call at once, with its reason', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  await client.projectId()
  cloud.on('POST', '/network/v2.0/floatingips', { silent: true })
  const reason = new Error('activity cancelled')
  const controller = new AbortController()
  setTimeout(() => controller.abort(reason), 50)
  const error = await failureOf(client.network.floatingIps.create({ networkId: 'n' }, { signal: controller.signal }))
  expect(error).toMatchObject({ code: 'Aborted', retryable: false, cause: reason })
  expect(isAborted(error)).toBe(true)
  expect(isAmbiguous(error)).toBe(true)
})

test('an abort ends the wait between two tries', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({ retry: { maxDelayMs: 60_000 } })
  cloud.on('GET', SERVER, { status: 503, headers: { 'retry-after': '20' } })
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 100)
  const started = performance.now()
  expect(isAborted(await failureOf(client.compute.servers.show('s1', { signal: controller.signal })))).toBe(true)
  expect(performance.now() - started).toBeLessThan(5000)
})

test('silence ends with the time limit for headers', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({ timeouts: { headersMs: 200 }, retry: { retries: 0 } })
  cloud.on('GET', SERVER, { silent: true })
  expect(await failureOf(client.compute.servers.show('s1'))).toMatchObject({ code: 'Timeout', retryable: true })
})

test('a body that is not what it should be is told with its place', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', SERVER, { body: { server: { id: 's1', status: 5, tenant_id: PROJECT_ID } } })
  const error = await failureOf(client.compute.servers.show('s1'))
  expect(error).toMatchObject({ code: 'BadReply', retryable: false })
  expect(OpenStackError.is(error) && error.message).toContain('at server.status')
})

test('ids are escaped, and an empty one is refused before it reaches another resource', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', '/compute/v2.1/flavors/a%2Fb%3F', {
    body: { flavor: { id: 'a/b?', name: 'n', vcpus: 1, ram: 1, disk: 1 } },
  })
  expect((await client.compute.flavors.show('a/b?')).id).toBe('a/b?')
  expect(() => client.compute.servers.show('')).toThrow(TypeError)
  await expect(client.compute.servers.delete('..')).rejects.toThrow(TypeError)
})
