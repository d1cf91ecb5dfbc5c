import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
import { known } from '../known.ts'
import { PROJECT_ID, ScriptedCloud } from '../scripted-cloud.ts'

const project = (id: string) => ({
  id,
  name: `project ${id}`,
  domain_id: 'default',
  enabled: true,
  is_domain: false,
  tags: [],
})

test('who this is', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const domain = { id: 'default', name: 'Default' }
  expect(await client.identity.whoami()).toMatchObject({
    user: { id: 'user-ada', name: 'ada', domain },
    project: { id: PROJECT_ID, name: 'science', domain },
    roles: [{ name: 'member' }],
    methods: ['password'],
    passwordExpiresAt: null,
    applicationCredential: undefined,
  })
})

test('which application credential this is, and until when it lasts', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const rule = { id: 'r1', service: 'compute', method: 'GET', path: '/v2.1/servers/**' }
  const user = { id: 'u', name: 'ada', domain: { id: 'default', name: 'Default' } }
  const token = {
    methods: ['application_credential'],
    expires_at: '2099-01-01T00:00:00.000000Z',
    user: { ...user, password_expires_at: '2098-01-01T00:00:00.000000' },
    application_credential: { id: 'a1', name: 'batch', restricted: true, access_rules: [rule] },
  }
  cloud.on('POST', '/identity/v3/auth/tokens', {
    status: 201,
    headers: { 'x-subject-token': 'token-1' },
    body: { token },
  })
  const { id: _ours, ...shown } = rule
  expect(await client.identity.whoami()).toMatchObject({
    user,
    passwordExpiresAt: '2098-01-01T00:00:00.000000Z',
    applicationCredential: { id: 'a1', name: 'batch', restricted: true, accessRules: [shown] },
  })
  const body = {
    id: 'a1',
    name: 'batch',
    description: null,
    project_id: 'p1',
    roles: [{ id: 'x', name: 'member', domain_id: null }],
    expires_at: '2027-01-01T00:00:00.000000',
    unrestricted: false,
    system: null,
    links: {},
  }
  cloud.on('GET', '/identity/v3/users/u/application_credentials/a1', { body: { application_credential: body } })
  expect(known(await client.identity.applicationCredentials.show('a1', 'u'))).toEqual({
    id: 'a1',
    name: 'batch',
    description: null,
    projectId: 'p1',
    roles: [{ id: 'x', name: 'member' }],
    accessRules: [],
    expiresAt: '2027-01-01T00:00:00.000000Z',
    unrestricted: false,
  })
})

test('the projects that the user could work in, over two pages', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const next = 'http://inside.example/v3/auth/projects?marker=a'
  cloud.on('GET', '/identity/v3/auth/projects', (seen) => {
    const second = seen.query.has('marker')
    return {
      body: {
        projects: [project(second ? 'b' : 'a')],
        links: { next: second ? null : next, self: 'x', previous: null },
      },
    }
  })
  const projects = await collect(client.identity.projects.mine())
  const rest = { domainId: 'default', parentId: null, description: null, enabled: true, tags: [] }
  expect(known(projects)).toEqual([
    { ...rest, id: 'a', name: 'project a' },
    { ...rest, id: 'b', name: 'project b' },
  ])
})

test('a token without a project is told so', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const user = { id: 'u', name: 'ada', domain: { id: 'default', name: 'Default' } }
  const token = { methods: ['password'], expires_at: '2099-01-01T00:00:00.000000Z', user }
  cloud.on('POST', '/identity/v3/auth/tokens', {
    status: 201,
    headers: { 'x-subject-token': 'token-1' },
    body: { token },
  })
  await expect(client.projectId()).rejects.toMatchObject({ code: 'InvalidRequest' })
  await expect(collect(client.network.ports.list())).rejects.toMatchObject({ code: 'EndpointNotFound' })
})
