import { expect, test } from 'vitest'
import {
  isAborted,
  isNoValidHost,
  isNotFound,
  waitForImageActive,
  waitForServer,
  waitForServerGone,
} from '../../src/index.ts'
import { failureOf } from '../failure.ts'
import { PROJECT_ID, ScriptedCloud } from '../scripted-cloud.ts'

const SERVER = '/compute/v2.1/servers/s1'
const IMAGE = '/image/v2/images/i1'
const QUICK = { deadlineMs: 5000, intervalMs: 5 }

const server = (status: string, taskState: string | null = null, more: object = {}) => ({
  body: {
    server: { id: 's1', name: 'vm', status, tenant_id: PROJECT_ID, 'OS-EXT-STS:task_state': taskState, ...more },
  },
})
const image = (status: string) => ({ body: { id: 'i1', name: 'n', status, visibility: 'private' } })
const gone = { status: 404, body: { itemNotFound: { code: 404, message: 'Instance s1 could not be found.' } } }

test('a server becomes ACTIVE; a moment without an answer changes nothing', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({ retry: { retries: 0 } })
  cloud.on('GET', SERVER, [
    server('BUILD', 'scheduling'),
    { status: 503 },
    server('BUILD', 'spawning'),
    server('ACTIVE', 'powering-off'),
    server('ACTIVE'),
  ])
  const looks: string[] = []
  const active = await waitForServer(client.compute.servers, 's1', 'ACTIVE', {
    ...QUICK,
    onLook: (state) => looks.push(state),
  })
  expect(active).toMatchObject({ status: 'ACTIVE', taskState: null })
  expect(looks).toEqual([
    'BUILD (scheduling)',
    expect.stringContaining('503'),
    'BUILD (spawning)',
    'ACTIVE (powering-off)',
  ])
})

test.each([
  ['No valid host was found. There are not enough hosts available.', 'NoValidHost'],
  ['Quota exceeded for cores: Requested 8, but already used 100 of 100 cores', 'QuotaExceeded'],
  ['Build of instance s1 aborted: Image i1 is unacceptable', 'ResourceFailed'],
])('ERROR ends the wait with its reason: %s', async (message, code) => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const fault = { code: 500, created: '2026-01-01T00:00:00Z', message }
  cloud.on('GET', SERVER, [server('BUILD', 'scheduling'), server('ERROR', null, { fault })])
  const error = await failureOf(waitForServer(client.compute.servers, 's1', 'ACTIVE', QUICK))
  expect(error).toMatchObject({ code, fault: message, retryable: false })
  expect(isNoValidHost(error)).toBe(code === 'NoValidHost')
})

test('a server that vanishes while it is waited for is an error', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', SERVER, [server('BUILD'), gone])
  expect(isNotFound(await failureOf(waitForServer(client.compute.servers, 's1', 'ACTIVE', QUICK)))).toBe(true)
})

test('the deadline says what was last seen', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', SERVER, server('BUILD', 'networking'))
  const error = await failureOf(
    waitForServer(client.compute.servers, 's1', 'ACTIVE', { deadlineMs: 60, intervalMs: 5 }),
  )
  expect(error).toMatchObject({
    code: 'WaitTimeout',
    message: 'compute: gave up waiting for server s1 to be ACTIVE after 60 ms; last seen: BUILD (networking)',
  })
})

test('an abort ends the wait', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', SERVER, server('BUILD'))
  const controller = new AbortController()
  const waiting = waitForServer(client.compute.servers, 's1', 'ACTIVE', {
    deadlineMs: 60_000,
    intervalMs: 30_000,
    signal: controller.signal,
  })
  setTimeout(() => controller.abort(new Error('enough')), 50)
  const error = await failureOf(waiting)
  expect(isAborted(error)).toBe(true)
  expect(error).toMatchObject({ cause: { message: 'enough' } })
})

test('gone is 404, whatever the server looked like before', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', SERVER, [server('ACTIVE', 'deleting'), server('ERROR'), gone])
  expect(await waitForServerGone(client.compute.servers, 's1', QUICK)).toBeUndefined()
  expect(cloud.calls('GET', SERVER)).toHaveLength(3)
})

test('an answer that is missing is no proof of absence', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({ retry: { retries: 0 } })
  cloud.on('GET', SERVER, { status: 503 })
  const error = await failureOf(waitForServerGone(client.compute.servers, 's1', { deadlineMs: 40, intervalMs: 5 }))
  expect(error).toMatchObject({ code: 'WaitTimeout', cause: { status: 503 } })
})

test('a soft-deleted server would stay, and is told so', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', SERVER, server('SOFT_DELETED'))
  expect(await failureOf(waitForServerGone(client.compute.servers, 's1', QUICK))).toMatchObject({
    code: 'ResourceFailed',
  })
})

test('an image becomes active, or never will', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', IMAGE, [image('queued'), image('saving'), image('active'), image('killed')])
  expect((await waitForImageActive(client.image.images, 'i1', QUICK)).status).toBe('active')
  expect(await failureOf(waitForImageActive(client.image.images, 'i1', QUICK))).toMatchObject({
    code: 'ResourceFailed',
  })
})
