import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { collect, isAmbiguous, OpenStackError } from '../../src/index.ts'
import { ConnectProxy } from '../connect-proxy.ts'
import { failureOf } from '../failure.ts'
import { portOf, PROJECT_ID, ScriptedCloud } from '../scripted-cloud.ts'
import { fixture, TlsKeystone } from '../tls-keystone.ts'

const PORTS = '/network/v2.0/ports'

test('https goes through a tunnel, and the certificate is the cloud’s', async () => {
  await using keystone = await TlsKeystone.start()
  await using proxy = await ConnectProxy.start()
  const options = { env: { https_proxy: proxy.url } }
  expect(await keystone.userId({ cacert: fixture('loopback.cert.pem') }, options)).toBe('u')
  expect(proxy.seen).toEqual([`CONNECT ${new URL(keystone.url).host}`])
  expect(await failureOf(keystone.userId({}, options))).toMatchObject({ code: 'TlsRefused', mayHaveActed: false })
})

test('a client certificate goes through the tunnel too', async () => {
  await using keystone = await TlsKeystone.start({ wantsClientCertificate: true })
  await using proxy = await ConnectProxy.start()
  const files = {
    cacert: fixture('loopback.cert.pem'),
    cert: fixture('loopback.cert.pem'),
    key: fixture('loopback.key.pem'),
  }
  expect(await keystone.userId(files, { env: { https_proxy: proxy.url } })).toBe('u')
})

test('http is forwarded, one connection at a time or many, and no_proxy goes past', async () => {
  await using cloud = await ScriptedCloud.start()
  await using proxy = await ConnectProxy.start()
  cloud.on('GET', PORTS, { body: { ports: [] } })
  await using client = cloud.connect({ env: { http_proxy: proxy.url } })
  await Promise.all(Array.from({ length: 20 }, () => collect(client.network.ports.list())))
  expect(proxy.seen).toHaveLength(21)
  expect(proxy.seen).toContain(`GET ${cloud.url}${PORTS}`)
  expect(cloud.calls('GET', PORTS).every(({ headers }) => headers['proxy-authorization'] === undefined)).toBe(true)
  await using direct = cloud.connect({ env: { http_proxy: proxy.url, no_proxy: '127.0.0.0/8' } })
  expect(await direct.projectId()).toBe(PROJECT_ID)
  expect(proxy.seen).toHaveLength(21)
})

test('the process’s own variables count only if they are passed', async () => {
  await using cloud = await ScriptedCloud.start()
  await using proxy = await ConnectProxy.start()
  process.env['http_proxy'] = proxy.url
  try {
    await using client = cloud.connect()
    expect(await client.projectId()).toBe(PROJECT_ID)
  } finally {
    delete process.env['http_proxy']
  }
  expect(proxy.seen).toEqual([])
})

test.each([
  ['refuses the password', { password: 'other', refusal: undefined }, '407'],
  ['refuses the tunnel', { password: 'sesame', refusal: 403 }, '403'],
])('a proxy that %s: nothing was sent, and no secret is told', async (_what, how, said) => {
  await using keystone = await TlsKeystone.start()
  await using proxy = await ConnectProxy.start(how.password)
  proxy.refusal = how.refusal
  const error = await failureOf(keystone.userId({}, { env: { https_proxy: proxy.url }, retry: { retries: 0 } }))
  expect(error).toMatchObject({ code: 'ConnectionFailed', retryable: true, mayHaveActed: false })
  expect(OpenStackError.is(error) && error.message).toContain(said)
  expect(OpenStackError.is(error) && `${error.message} ${String(error.cause)}`).not.toContain('sesame')
  expect(keystone.asked).toBe(0)
})

test('a forward refused by the proxy is not ambiguous', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  await client.projectId()
  await using proxy = await ConnectProxy.start('other')
  await using proxied = cloud.connect({ env: { http_proxy: proxy.url }, retry: { retries: 0 } })
  const error = await failureOf(proxied.projectId())
  expect(error).toMatchObject({ code: 'ConnectionFailed', mayHaveActed: false })
  expect(isAmbiguous(error)).toBe(false)
})

test('a proxy that is not there, or says nothing, is told within the limit for connections', async () => {
  await using keystone = await TlsKeystone.start()
  const quick = { timeouts: { connectMs: 300 }, retry: { retries: 0 } }
  const none = await failureOf(keystone.userId({}, { env: { https_proxy: 'http://127.0.0.1:1' }, ...quick }))
  expect(none).toMatchObject({ code: 'ConnectionFailed', mayHaveActed: false })
  const mute = createServer().listen(0, '127.0.0.1')
  await once(mute, 'listening')
  const https_proxy = `http://127.0.0.1:${portOf(mute.address())}`
  const silent = await failureOf(keystone.userId({}, { env: { https_proxy }, ...quick }))
  mute.close()
  expect(silent).toMatchObject({ code: 'ConnectionFailed', mayHaveActed: false })
})
