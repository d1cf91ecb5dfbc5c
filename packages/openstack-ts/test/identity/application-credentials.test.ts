import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { collect, Secret } from '../../src/index.ts'
import { known } from '../known.ts'
import { exchange } from '../exchange.ts'
import { PROJECT_ID, ScriptedCloud } from '../scripted-cloud.ts'

const AT = '/identity/v3/users/user-ada'
const links = { next: null, previous: null, self: 'https://example.com' }
const RULE = { path: '/v2.0/metrics', id: '07d719', service: 'monitoring', method: 'GET', links: {} }
const rule = { id: '07d719', service: 'monitoring', method: 'GET', path: '/v2.0/metrics' }
// As the API reference shows it: https://docs.openstack.org/api-ref/identity/v3/#create-application-credential
const CREDENTIAL = {
  description: 'Application credential for monitoring.',
  roles: [{ id: '6aff70', domain_id: null, name: 'Reader' }],
  access_rules: [RULE],
  links: {},
  expires_at: '2018-02-27T18:30:59.000000',
  unrestricted: false,
  project_id: '231c62',
  id: '58d61f',
  name: 'monitoring',
}
const credential = {
  id: '58d61f',
  name: 'monitoring',
  description: 'Application credential for monitoring.',
  projectId: '231c62',
  roles: [{ id: '6aff70', name: 'Reader' }],
  accessRules: [rule],
  unrestricted: false,
  expiresAt: '2018-02-27T18:30:59.000000Z',
}

test('create, with a secret that does not print', async () => {
  const body = { application_credential: { ...CREDENTIAL, secret: 'rEaqvJka48mpv' } }
  const { sent, result } = await exchange(`POST ${AT}/application_credentials`, { status: 201, body }, ({ identity }) =>
    identity.applicationCredentials.create({
      name: 'monitoring',
      secret: new Secret('rEaqvJka48mpv'),
      expiresAt: new Date('2018-02-27T18:30:59Z'),
      roles: [{ name: 'Reader' }],
      accessRules: [{ path: '/v2.0/metrics', method: 'GET', service: 'monitoring' }, { id: 'abcdef' }],
      unrestricted: false,
    }),
  )
  expect(sent).toEqual({
    application_credential: {
      name: 'monitoring',
      secret: 'rEaqvJka48mpv',
      expires_at: '2018-02-27T18:30:59.000Z',
      roles: [{ name: 'Reader' }],
      access_rules: [{ path: '/v2.0/metrics', method: 'GET', service: 'monitoring' }, { id: 'abcdef' }],
      unrestricted: false,
    },
  })
  const { secret, ...rest } = result
  expect(known(rest)).toEqual(credential)
  expect(secret.reveal()).toBe('rEaqvJka48mpv')
  expect(`${inspect(result)}${JSON.stringify(result)}`).not.toContain('rEaqvJka48mpv')
})

test('list and show; old Keystones know no rules', async () => {
  const { access_rules: _, ...old } = CREDENTIAL
  const body = { application_credentials: [CREDENTIAL, old], links }
  const list = await exchange(`GET ${AT}/application_credentials`, { body }, ({ identity }) =>
    collect(identity.applicationCredentials.list({ name: 'monitoring' })),
  )
  expect(known(list.result)).toEqual([credential, { ...credential, accessRules: [] }])
  expect(list.query).toBe('name=monitoring')
  const one = { body: { application_credential: CREDENTIAL } }
  const shown = await exchange(`GET ${AT}/application_credentials/58d61f`, one, ({ identity }) =>
    identity.applicationCredentials.show('58d61f'),
  )
  expect(known(shown.result)).toEqual(credential)
})

test('access rules', async () => {
  const list = await exchange(`GET ${AT}/access_rules`, { body: { access_rules: [RULE], links } }, ({ identity }) =>
    collect(identity.accessRules.list()),
  )
  expect(known(list.result)).toEqual([rule])
  const shown = await exchange(`GET ${AT}/access_rules/07d719`, { body: { access_rule: RULE } }, ({ identity }) =>
    identity.accessRules.show('07d719'),
  )
  expect(known(shown.result)).toEqual(rule)
})

test('a token of somebody is looked at, and revoked', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const at = '/identity/v3/auth/tokens'
  cloud.on('GET', at, [{ body: cloud.tokenBody('2030-01-01T00:00:00.000000Z') }, { status: 404 }])
  cloud.on('DELETE', at, { status: 204 })
  const { tokens } = client.identity
  const details = await tokens.validate(new Secret('theirs'))
  expect(details).toMatchObject({ user: { name: 'ada' }, project: { id: PROJECT_ID }, roles: [{ name: 'member' }] })
  expect(details?.expiresAt).toBe(Date.UTC(2030, 0, 1))
  expect(await tokens.validate(new Secret('theirs'))).toBeUndefined()
  await tokens.revoke(new Secret('theirs'))
  for (const method of ['GET', 'DELETE']) {
    expect(cloud.calls(method, at)[0]?.headers).toMatchObject({
      'x-auth-token': 'token-1',
      'x-subject-token': 'theirs',
    })
  }
})

test('the catalog', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  expect((await client.identity.catalog()).map(({ type }) => type)).toContain('compute')
})
