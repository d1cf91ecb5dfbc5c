import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
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
  expect(projects).toEqual([
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
