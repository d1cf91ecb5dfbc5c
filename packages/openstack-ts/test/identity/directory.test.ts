import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
import { known } from '../known.ts'
import { exchange, routes } from '../exchange.ts'

const AT = '/identity/v3'
const links = { next: null, previous: null, self: 'https://example.com' }

// As the API reference shows them: https://docs.openstack.org/api-ref/identity/v3/
const PROJECT = {
  is_domain: false,
  description: null,
  domain_id: 'default',
  enabled: true,
  id: '0c4e93',
  links: { self: 'http://example.com/identity/v3/projects/0c4e93' },
  name: 'admin',
  parent_id: 'default',
  tags: ['a'],
  options: {},
}
const USER = {
  default_project_id: '263fd9',
  domain_id: '1789d1',
  enabled: true,
  federated: [],
  id: '9fe1d3',
  links: { self: 'https://example.com/identity/v3/users/9fe1d3' },
  name: 'jsmith',
  password_expires_at: '2016-11-06T15:32:17.000000',
}
const project = {
  id: '0c4e93',
  name: 'admin',
  domainId: 'default',
  parentId: 'default',
  description: null,
  enabled: true,
  tags: ['a'],
}
const user = {
  id: '9fe1d3',
  name: 'jsmith',
  domainId: '1789d1',
  defaultProjectId: '263fd9',
  description: null,
  email: null,
  enabled: true,
  passwordExpiresAt: '2016-11-06T15:32:17.000000Z',
}

test('projects: list, show, create, update, of a user', async () => {
  const list = await exchange(`GET ${AT}/projects`, { body: { projects: [PROJECT], links } }, ({ identity }) =>
    collect(identity.projects.list({ name: 'admin', domainId: 'default', enabled: true, tags: ['a', 'b'] })),
  )
  expect(known(list.result)).toEqual([project])
  expect(list.query).toBe('name=admin&domain_id=default&enabled=true&tags=a%2Cb')
  const shown = await exchange(`GET ${AT}/projects/0c4e93`, { body: { project: PROJECT } }, ({ identity }) =>
    identity.projects.show('0c4e93'),
  )
  expect(known(shown.result)).toEqual(project)
  const made = await exchange(`POST ${AT}/projects`, { status: 201, body: { project: PROJECT } }, ({ identity }) =>
    identity.projects.create({ name: 'admin', domainId: 'default', parentId: 'p', description: 'd', tags: ['a'] }),
  )
  expect(made.sent).toEqual({
    project: { name: 'admin', domain_id: 'default', parent_id: 'p', description: 'd', tags: ['a'] },
  })
  const changed = await exchange(`PATCH ${AT}/projects/0c4e93`, { body: { project: PROJECT } }, ({ identity }) =>
    identity.projects.update('0c4e93', { enabled: false }),
  )
  expect(changed.sent).toEqual({ project: { enabled: false } })
  const mine = await exchange(`GET ${AT}/users/9fe1d3/projects`, { body: { projects: [PROJECT], links } }, (client) =>
    collect(client.identity.projects.ofUser('9fe1d3')),
  )
  expect(known(mine.result)).toEqual([project])
})

test('users: list, show, create, update', async () => {
  const list = await exchange(`GET ${AT}/users`, { body: { users: [USER], links } }, ({ identity }) =>
    collect(identity.users.list({ name: 'jsmith', domainId: '1789d1' })),
  )
  expect(known(list.result)).toEqual([user])
  expect(list.query).toBe('name=jsmith&domain_id=1789d1')
  const shown = await exchange(`GET ${AT}/users/9fe1d3`, { body: { user: USER } }, ({ identity }) =>
    identity.users.show('9fe1d3'),
  )
  expect(known(shown.result)).toEqual(user)
  const made = await exchange(`POST ${AT}/users`, { status: 201, body: { user: USER } }, ({ identity }) =>
    identity.users.create({ name: 'jsmith', domainId: '1789d1', defaultProjectId: '263fd9', password: 'sesame' }),
  )
  expect(made.sent).toEqual({
    user: { name: 'jsmith', password: 'sesame', domain_id: '1789d1', default_project_id: '263fd9' },
  })
  const changed = await exchange(`PATCH ${AT}/users/9fe1d3`, { body: { user: USER } }, ({ identity }) =>
    identity.users.update('9fe1d3', { enabled: false }),
  )
  expect(changed.sent).toEqual({ user: { enabled: false } })
})

test('domains', async () => {
  const domain = { id: 'default', name: 'Default', description: 'd', enabled: true }
  const list = await exchange(
    `GET ${AT}/domains`,
    { body: { domains: [{ ...domain, options: {} }], links } },
    (client) => collect(client.identity.domains.list({ name: 'Default', enabled: true })),
  )
  expect(known(list.result)).toEqual([domain])
  expect(list.query).toBe('name=Default&enabled=true')
  const shown = await exchange(`GET ${AT}/domains/default`, { body: { domain } }, ({ identity }) =>
    identity.domains.show('default'),
  )
  expect(known(shown.result)).toEqual(domain)
})

test('deletions', async () => {
  const asked = await routes(async ({ identity }) => {
    await identity.projects.delete('p1')
    await identity.users.delete('u1')
    await identity.accessRules.delete('r1')
    await identity.applicationCredentials.delete('c1')
    await identity.applicationCredentials.delete('c1', 'u2')
  })
  expect(asked).toEqual([
    `DELETE ${AT}/projects/p1`,
    `DELETE ${AT}/users/u1`,
    `DELETE ${AT}/users/user-ada/access_rules/r1`,
    `DELETE ${AT}/users/user-ada/application_credentials/c1`,
    `DELETE ${AT}/users/u2/application_credentials/c1`,
  ])
})
