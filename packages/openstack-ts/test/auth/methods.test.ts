import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
import { failureOf } from '../failure.ts'
import { PROJECT_ID, ScriptedCloud } from '../scripted-cloud.ts'

const TOKENS = '/identity/v3/auth/tokens'

async function bodyFor(auth: Record<string, string>): Promise<unknown> {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({}, { auth: { auth_url: `${cloud.url}/identity/v3`, ...auth } })
  await client.projectId()
  return cloud.json('POST', TOKENS)
}

test('password, project by name within its domain', async () => {
  const auth = {
    username: 'ada',
    user_domain_name: 'CCDB',
    password: 'p',
    project_name: 'sci',
    project_domain_id: 'd1',
  }
  expect(await bodyFor(auth)).toEqual({
    auth: {
      identity: { methods: ['password'], password: { user: { name: 'ada', domain: { name: 'CCDB' }, password: 'p' } } },
      scope: { project: { name: 'sci', domain: { id: 'd1' } } },
    },
  })
})

test('password, ids', async () => {
  expect(await bodyFor({ user_id: 'u', password: 'p', project_id: 'x' })).toEqual({
    auth: {
      identity: { methods: ['password'], password: { user: { id: 'u', password: 'p' } } },
      scope: { project: { id: 'x' } },
    },
  })
})

test.each([
  ['a domain by name', { domain_name: 'D' }, { domain: { name: 'D' } }],
  ['a domain by id', { domain_id: 'd' }, { domain: { id: 'd' } }],
  ['the system', { system_scope: 'all' }, { system: { all: true } }],
  ['nothing', {}, undefined],
])('a password scoped to %s', async (_what, keys, scope) => {
  const user = { id: 'u', password: 'p' }
  expect(await bodyFor({ user_id: 'u', password: 'p', ...keys })).toEqual({
    auth: { identity: { methods: ['password'], password: { user } }, ...(scope === undefined ? {} : { scope }) },
  })
})

test('a token without a project says whose it is, and names the lack where a project is needed', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({}, { auth: { auth_url: `${cloud.url}/identity`, username: 'a', password: 'p' } })
  const user = { id: 'user-ada', name: 'ada' }
  const token = { methods: ['password'], expires_at: '2099-01-01T00:00:00.000000Z', user }
  cloud.on('POST', TOKENS, { status: 201, headers: { 'x-subject-token': 'token-1' }, body: { token } })
  expect(await client.identity.whoami()).toMatchObject({ user: { id: 'user-ada' }, project: undefined })
  expect(await failureOf(client.projectId())).toMatchObject({ code: 'InvalidRequest' })
  const error = await failureOf(client.compute.servers.show('s1'))
  expect(error).toMatchObject({ code: 'EndpointNotFound', message: expect.stringContaining('name a project') })
})

test('application credential by id: never a scope', async () => {
  const auth = { application_credential_id: 'i', application_credential_secret: 's', project_name: 'ignored' }
  expect(await bodyFor(auth)).toEqual({
    auth: { identity: { methods: ['application_credential'], application_credential: { id: 'i', secret: 's' } } },
  })
})

test('application credential by name and user', async () => {
  const auth = { application_credential_name: 'n', username: 'ada', application_credential_secret: 's' }
  expect(await bodyFor(auth)).toEqual({
    auth: {
      identity: {
        methods: ['application_credential'],
        application_credential: { name: 'n', user: { name: 'ada', domain: { id: 'default' } }, secret: 's' },
      },
    },
  })
})

test('a token for a project is exchanged', async () => {
  expect(await bodyFor({ token: 'token-0', project_id: 'x' })).toEqual({
    auth: { identity: { methods: ['token'], token: { id: 'token-0' } }, scope: { project: { id: 'x' } } },
  })
})

test('a token alone is used as it is', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({}, { auth: { auth_url: `${cloud.url}/identity`, token: 'token-7' } })
  cloud.on('GET', TOKENS, (seen) => ({
    status: seen.headers['x-subject-token'] === 'token-7' && seen.headers['x-auth-token'] === 'token-7' ? 200 : 404,
    body: cloud.tokenBody('2099-01-01T00:00:00.000000Z'),
  }))
  cloud.on('GET', '/network/v2.0/ports', { body: { ports: [] } })
  expect(await client.projectId()).toBe(PROJECT_ID)
  expect(await collect(client.network.ports.list())).toEqual([])
  expect(cloud.calls('GET', '/network/v2.0/ports')[0]?.headers['x-auth-token']).toBe('token-7')
})
