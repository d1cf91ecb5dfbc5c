import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CloudConfigError, cloudConfigFromEntry, OpenStack } from '../../src/index.ts'
import { failureOf } from '../failure.ts'
import { portOf } from '../scripted-cloud.ts'

const fixture = (name: string): string => join(import.meta.dirname, '../fixtures', name)
const keystone = createServer({
  cert: readFileSync(fixture('loopback.cert.pem')),
  key: readFileSync(fixture('loopback.key.pem')),
})
let url = ''
let asked = 0

beforeAll(async () => {
  keystone.on('request', (_request, response) => {
    asked += 1
    const user = { id: 'u', name: 'ada' }
    const token = { methods: ['password'], expires_at: '2099-01-01T00:00:00Z', user }
    response.writeHead(201, { 'x-subject-token': 't' }).end(JSON.stringify({ token }))
  })
  await new Promise<void>((resolve) => keystone.listen(0, '127.0.0.1', resolve))
  url = `https://127.0.0.1:${portOf(keystone.address())}`
})

afterAll(() => {
  keystone.closeAllConnections()
  keystone.close()
})

async function userId(entry: Record<string, unknown>): Promise<string> {
  const config = cloudConfigFromEntry('c', { auth: { auth_url: url, username: 'ada', password: 'p' }, ...entry })
  await using client = OpenStack.connect(config)
  return await client.userId()
}

test('a private certificate authority is trusted if named, and nobody’s if not', async () => {
  expect(await userId({ cacert: fixture('loopback.cert.pem') })).toBe('u')
  const before = asked
  const error = await failureOf(userId({}))
  expect(error).toMatchObject({ code: 'TlsRefused', retryable: false, mayHaveActed: false })
  expect(error).toMatchObject({ message: expect.stringContaining('`cacert`') })
  expect(asked).toBe(before)
})

test('verify: false accepts any certificate', async () => {
  expect(await userId({ verify: false })).toBe('u')
})

test('a certificate file that cannot be read is told by its path', async () => {
  const error = await failureOf(userId({ cacert: '/nowhere/ca.pem' }))
  expect(error).toBeInstanceOf(CloudConfigError)
  expect(error).toMatchObject({ code: 'FileUnreadable', path: '/nowhere/ca.pem' })
})
