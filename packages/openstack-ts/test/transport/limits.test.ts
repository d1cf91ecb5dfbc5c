import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { collect, isAborted, isAmbiguous, isRateLimited } from '../../src/index.ts'
import { failureOf } from '../failure.ts'
import { portOf, ScriptedCloud } from '../scripted-cloud.ts'

const FILE = '/image/v2/images/i1/file'
const FLOATING_IPS = '/network/v2.0/floatingips'

/** A cloud to which the client has one connection, which a call without an answer holds. */
async function busy(cloud: ScriptedCloud) {
  const client = cloud.connect({ connections: 1, retry: { retries: 0 } })
  await client.projectId()
  cloud.on('GET', '/network/v2.0/ports', { silent: true })
  const holder = new AbortController()
  const held = failureOf(collect(client.network.ports.list({}, { signal: holder.signal })))
  await expect.poll(() => cloud.calls('GET', '/network/v2.0/ports').length).toBe(1)
  const release = async (): Promise<void> => {
    holder.abort()
    await held
    await client.close()
  }
  return { client, [Symbol.asyncDispose]: release }
}

test('headers: a call may have another limit than the client', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({ retry: { retries: 0 } })
  await client.compute.microversion()
  cloud.on('GET', '/compute/v2.1/servers/s1', { silent: true })
  const error = await failureOf(client.compute.servers.show('s1', { timeouts: { headersMs: 100 } }))
  expect(error).toMatchObject({ code: 'Timeout', retryable: true })
})

test('body: a download that stalls ends with an error, a slow one does not', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const parts = async function* (pauseMs: number) {
    yield 'begin'
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    yield 'end'
  }
  const read = async (pauseMs: number): Promise<string> => {
    cloud.on('GET', FILE, { parts: parts(pauseMs) })
    const data = await client.image.images.download('i1', { timeouts: { bodyMs: 500 } })
    return (await data.toArray()).join('')
  }
  expect(await read(50)).toBe('beginend')
  expect(await failureOf(read(8000))).toMatchObject({ code: 'Timeout', service: 'image', retryable: true })
})

test('connection: a service that accepts and says nothing', async () => {
  const mute = createServer().listen(0, '127.0.0.1')
  await once(mute, 'listening')
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect(
    { timeouts: { connectMs: 300 }, retry: { retries: 0 } },
    { network_endpoint_override: `https://127.0.0.1:${portOf(mute.address())}` },
  )
  const error = await failureOf(client.network.floatingIps.create({ networkId: 'n' }))
  expect(error).toMatchObject({ code: 'ConnectionFailed', retryable: true, mayHaveActed: false })
  mute.close()
})

test('connection: a call that gets none in its own time was not made', async () => {
  await using cloud = await ScriptedCloud.start()
  await using one = await busy(cloud)
  const error = await failureOf(
    one.client.network.floatingIps.create({ networkId: 'n' }, { timeouts: { connectMs: 50 } }),
  )
  expect(error).toMatchObject({ code: 'ConnectionFailed', retryable: true, mayHaveActed: false })
  expect(error).toMatchObject({ message: expect.stringContaining('no connection within 50 ms') })
  expect(isAmbiguous(error)).toBe(false)
  expect(cloud.calls('POST', FLOATING_IPS)).toEqual([])
})

test('an abort, or the time limit, of a call that waits for a connection ends it at once, unsent', async () => {
  await using cloud = await ScriptedCloud.start()
  await using one = await busy(cloud)
  const create = (options: object) => failureOf(one.client.network.floatingIps.create({ networkId: 'n' }, options))
  const controller = new AbortController()
  const waiting = create({ signal: controller.signal })
  controller.abort()
  const aborted = await waiting
  expect([isAborted(aborted), isAmbiguous(aborted)]).toEqual([true, false])
  const late = await create({ timeoutMs: 50 })
  expect(late).toMatchObject({ code: 'Timeout', mayHaveActed: false })
  expect(cloud.calls('POST', FLOATING_IPS)).toEqual([])
})

test('a call that is aborted before it begins is not sent', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  await client.projectId()
  const error = await failureOf(client.network.floatingIps.create({ networkId: 'n' }, { signal: AbortSignal.abort() }))
  expect([isAborted(error), isAmbiguous(error)]).toEqual([true, false])
  expect(cloud.calls('POST', FLOATING_IPS)).toEqual([])
})

test('too many requests have a predicate', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('POST', FLOATING_IPS, { status: 429, headers: { 'retry-after': '7' } })
  const error = await failureOf(client.network.floatingIps.create({ networkId: 'n' }))
  expect(isRateLimited(error)).toBe(true)
  expect(error).toMatchObject({ retryAfterMs: 7000 })
})

test('hooks are told what for, and one that throws breaks no call', async () => {
  const stages: string[] = []
  const warnings: Error[] = []
  const warned = (warning: Error) => void warnings.push(warning)
  process.on('warning', warned)
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({
    hooks: {
      onRequest: ({ stage, service }) => stages.push(`${stage} ${service}`),
      onResponse: () => {
        throw new Error('no disk')
      },
    },
  })
  cloud.on('GET', '/compute/v2.1/os-availability-zone', { body: { availabilityZoneInfo: [] } })
  expect(await client.compute.availabilityZones.list()).toEqual([])
  expect(stages).toEqual(['authentication identity', 'discovery compute', 'call compute'])
  await expect.poll(() => warnings.map(({ message }) => message)).toContain('no disk')
  process.off('warning', warned)
})
