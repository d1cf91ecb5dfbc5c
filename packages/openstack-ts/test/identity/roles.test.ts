import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
import { known } from '../known.ts'
import { exchange, routes } from '../exchange.ts'

const AT = '/identity/v3'
const links = { next: null, previous: null, self: 'https://example.com' }
const ROLE = { domain_id: null, id: '1e443f', links: {}, description: 'My new role', name: 'Developer', options: {} }
const role = { id: '1e443f', name: 'Developer', domainId: null, description: 'My new role' }
const domain = { id: '161718', name: 'Default' }

test('roles: list, show, and which somebody was given', async () => {
  const list = await exchange(`GET ${AT}/roles`, { body: { roles: [ROLE], links } }, ({ identity }) =>
    collect(identity.roles.list({ name: 'Developer' })),
  )
  expect(known(list.result)).toEqual([role])
  expect(list.query).toBe('name=Developer')
  const shown = await exchange(`GET ${AT}/roles/1e443f`, { body: { role: ROLE } }, ({ identity }) =>
    identity.roles.show('1e443f'),
  )
  expect(known(shown.result)).toEqual(role)
  const granted = await exchange(`GET ${AT}/projects/p/users/u/roles`, { body: { roles: [ROLE], links } }, (client) =>
    collect(client.identity.roles.granted({ projectId: 'p', userId: 'u' })),
  )
  expect(known(granted.result)).toEqual([role])
})

test('granting, asking and revoking, of users and groups, in projects and domains', async () => {
  const asked = await routes(async ({ identity: { roles } }) => {
    await roles.grant({ projectId: 'p', userId: 'u' }, 'r')
    await roles.revoke({ domainId: 'd', groupId: 'g' }, 'r')
    expect(await roles.isGranted({ projectId: 'p', groupId: 'g' }, 'r')).toBe(true)
  })
  expect(asked).toEqual([
    `PUT ${AT}/projects/p/users/u/roles/r`,
    `DELETE ${AT}/domains/d/groups/g/roles/r`,
    `HEAD ${AT}/projects/p/groups/g/roles/r`,
  ])
  const not = await exchange(`HEAD ${AT}/projects/p/users/u/roles/r`, { status: 404 }, ({ identity }) =>
    identity.roles.isGranted({ projectId: 'p', userId: 'u' }, 'r'),
  )
  expect(not.result).toBe(false)
})

test('assignments, with ids alone', async () => {
  const body = {
    role_assignments: [
      { links: {}, role: { id: '123456' }, scope: { domain: { id: '161718' } }, user: { id: '313233' } },
      {
        links: {},
        role: { id: '123456' },
        scope: { project: { id: '456789' }, 'OS-INHERIT:inherited_to': 'projects' },
        group: { id: '101112' },
      },
      { links: {}, role: { id: '123456' }, scope: { system: { all: true } }, user: { id: '313233' } },
    ],
    links,
  }
  const { result, query } = await exchange(`GET ${AT}/role_assignments`, { body }, ({ identity }) =>
    collect(identity.roleAssignments.list({ effective: false })),
  )
  const bare = (id: string) => ({ id, name: null, domain: null })
  const nothing = { user: null, group: null, project: null, domain: null, system: false, inherited: false }
  expect(query).toBe('')
  expect(known(result)).toEqual([
    { ...nothing, role: bare('123456'), domain: bare('161718'), user: bare('313233') },
    { ...nothing, role: bare('123456'), project: bare('456789'), group: bare('101112'), inherited: true },
    { ...nothing, role: bare('123456'), system: true, user: bare('313233') },
  ])
})

test('effective assignments with names', async () => {
  const body = {
    role_assignments: [
      {
        links: {},
        role: { domain, id: '123456', name: 'admin' },
        scope: { project: { domain, id: '456789', name: 'admin' } },
        user: { domain, id: '313233', name: 'admin' },
      },
    ],
    links,
  }
  const { result, query } = await exchange(`GET ${AT}/role_assignments`, { body }, ({ identity }) =>
    collect(
      identity.roleAssignments.list({
        userId: '313233',
        projectId: '456789',
        roleId: '123456',
        effective: true,
        includeNames: true,
      }),
    ),
  )
  expect(query).toBe('user.id=313233&role.id=123456&scope.project.id=456789&effective=true&include_names=true')
  expect(result).toMatchObject([{ user: { name: 'admin', domain }, project: { id: '456789', name: 'admin', domain } }])
})
