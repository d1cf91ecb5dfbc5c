import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  isAborted,
  isNoValidHost,
  isNotFound,
  isResourceFailed,
  isWaitTimeout,
  waitFor,
  waitForImageActive,
  waitForServer,
  waitForServerGone,
  waitForVolume,
  waitForVolumeGone,
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

test('an import that failed ends the wait; what is left of an earlier one does not', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const queued = (more: object) => ({ body: { ...image('queued').body, os_glance_failed_import: 'ceph', ...more } })
  cloud.on('GET', IMAGE, [
    queued({ os_glance_import_task: 't1', os_glance_importing_to_stores: '' }),
    queued({ os_glance_importing_to_stores: 'ceph' }),
    { body: { ...image('importing').body, os_glance_failed_import: '', os_glance_importing_to_stores: 'ceph' } },
    queued({ os_glance_importing_to_stores: '' }),
  ])
  const looks: string[] = []
  const wait = waitForImageActive(client.image.images, 'i1', { ...QUICK, onLook: (state) => looks.push(state) })
  expect(await failureOf(wait)).toMatchObject({
    code: 'ResourceFailed',
    message: expect.stringContaining('i1 was not imported into ceph'),
  })
  expect(looks).toEqual(['queued', 'queued', 'importing'])
})

test('anything can be waited for, with the time limits of the wait', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const schema = z.object({ router: z.object({ status: z.string() }) })
  cloud.on('GET', '/network/v2.0/routers/r1', [
    { body: { router: { status: 'DOWN' } } },
    { body: { router: { status: 'ACTIVE' } } },
  ])
  const looks: string[] = []
  const options = { ...QUICK, onLook: (state: string) => looks.push(state) }
  const look = async (call: object) => {
    const { router } = await client.network.client.get('/routers/r1', schema, call)
    return router.status === 'ACTIVE' ? { done: 'up' } : { state: router.status }
  }
  expect(await waitFor('network', 'router r1 to be up', look, options)).toBe('up')
  expect(looks).toEqual(['DOWN'])
})

test('a look that hangs ends with the deadline', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', SERVER, [server('BUILD', 'spawning'), { silent: true }])
  const started = performance.now()
  const error = await failureOf(
    waitForServer(client.compute.servers, 's1', 'ACTIVE', { deadlineMs: 200, intervalMs: 5 }),
  )
  expect(isWaitTimeout(error)).toBe(true)
  expect(error).toMatchObject({ message: expect.stringContaining('last seen: BUILD (spawning), then no answer') })
  expect(performance.now() - started).toBeLessThan(10_000)
})

/** Cinder as this waiter sees it: statuses in turn, the last for ever, then 404. */
async function volumes(cloud: ScriptedCloud, ...statuses: string[]) {
  const client = cloud.connect({ retry: { retries: 0 } })
  const schema = z.object({ volume: z.object({ status: z.string() }) }).transform(({ volume }) => volume)
  const answers = statuses.map((status) => (status === '404' ? { status: 404 } : { body: { volume: { status } } }))
  cloud.on('GET', '/network/v2.0/volumes/v1', answers)
  return { show: (id: string, call = {}) => client.network.client.get(`/volumes/${id}`, schema, call) }
}

test('a volume becomes available, fails, or goes', async () => {
  await using cloud = await ScriptedCloud.start()
  const made = await volumes(cloud, 'creating', 'downloading', 'available')
  expect(await waitForVolume(made, 'v1', 'available', QUICK)).toEqual({ status: 'available' })
  const failed = await failureOf(waitForVolume(await volumes(cloud, 'creating', 'error'), 'v1', 'available', QUICK))
  expect(isResourceFailed(failed)).toBe(true)
  expect(failed).toMatchObject({ message: 'block-storage: volume v1 is error' })
  expect(await waitForVolumeGone(await volumes(cloud, 'deleting', '404'), 'v1', QUICK)).toBeUndefined()
  const stuck = await failureOf(waitForVolumeGone(await volumes(cloud, 'deleting', 'error_deleting'), 'v1', QUICK))
  expect(isResourceFailed(stuck)).toBe(true)
  expect(isNotFound(await failureOf(waitForVolume(await volumes(cloud, '404'), 'v1', 'in-use', QUICK)))).toBe(true)
})
