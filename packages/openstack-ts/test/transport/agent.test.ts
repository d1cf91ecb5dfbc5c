import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CloudConfigError } from '../../src/index.ts'
import { failureOf } from '../failure.ts'
import { folder } from '../folder.ts'
import { fixture, TlsKeystone } from '../tls-keystone.ts'

const CA = { cacert: fixture('loopback.cert.pem') }

test('a private certificate authority is trusted if named, and nobody’s if not', async () => {
  await using keystone = await TlsKeystone.start()
  expect(await keystone.userId(CA)).toBe('u')
  const error = await failureOf(keystone.userId({}))
  expect(error).toMatchObject({ code: 'TlsRefused', retryable: false, mayHaveActed: false })
  expect(error).toMatchObject({ message: expect.stringContaining('`cacert`') })
  expect(keystone.asked).toBe(1)
})

test.each([{ verify: false }, { insecure: true }])('%j accepts any certificate', async (entry) => {
  await using keystone = await TlsKeystone.start()
  expect(await keystone.userId(entry)).toBe('u')
})

test('a client certificate is shown where one is wanted, in one file with its key or in two', async () => {
  await using keystone = await TlsKeystone.start({ wantsClientCertificate: true })
  const pair = { cert: fixture('loopback.cert.pem'), key: fixture('loopback.key.pem') }
  expect(await keystone.userId({ ...CA, ...pair })).toBe('u')
  using both = folder({ 'both.pem': `${readFileSync(pair.cert, 'utf8')}${readFileSync(pair.key, 'utf8')}` })
  expect(await keystone.userId({ ...CA, cert: join(both.path, 'both.pem') })).toBe('u')
  await failureOf(keystone.userId(CA))
  expect(keystone.asked).toBe(2)
})

test('a certificate file that cannot be read is told by its path', async () => {
  await using keystone = await TlsKeystone.start()
  const error = await failureOf(keystone.userId({ cacert: '/nowhere/ca.pem' }))
  expect(error).toBeInstanceOf(CloudConfigError)
  expect(error).toMatchObject({ code: 'FileUnreadable', path: '/nowhere/ca.pem' })
})
