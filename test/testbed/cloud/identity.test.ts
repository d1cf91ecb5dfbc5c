import { describe, expect, test } from 'vitest'
import { asker, askerWith, authenticate, cloudFor, field, passwordAuth } from './fixture.ts'

describe('tokens', () => {
  test('a scoped token by password names project, roles and a catalog', async () => {
    const cloud = await cloudFor({ region: 'West' })
    const answer = await authenticate(cloud, passwordAuth('ann', 'ann-pw', 'alpha'))
    expect(answer.status).toBe(201)
    expect(answer.headers.get('x-subject-token')).toMatch(/^gAAAAA/)
    expect(answer.headers.get('x-openstack-request-id')).toMatch(/^req-/)
    expect(answer.body).toMatchObject({
      token: {
        methods: ['password'],
        user: { name: 'ann', domain: { id: 'default', name: 'Default' } },
        project: { name: 'alpha' },
        roles: [{ name: 'member' }, { name: 'reader' }],
      },
    })
    expect([0, 1, 2, 3].map((n) => field(answer, 'token', 'catalog', n, 'type'))).toEqual([
      'identity',
      'image',
      'compute',
      'network',
    ])
    expect(answer.body).toHaveProperty(
      'token.catalog.2.endpoints.0',
      expect.objectContaining({ interface: 'public', region_id: 'West', url: `${cloud.url}/compute/v2.1` }),
    )
  })

  test('a catalog may leave a service out, and list Placement', async () => {
    const cloud = await cloudFor({ unlisted: ['block-storage', 'image'], placement: true })
    const answer = await authenticate(cloud, passwordAuth('ann', 'ann-pw', 'alpha'))
    const types = [0, 1, 2, 3].map((n) => field(answer, 'token', 'catalog', n, 'type'))
    expect(types).toEqual(['identity', 'compute', 'network', 'placement'])
    expect(answer.body).not.toHaveProperty('token.catalog.4')
  })

  test('an unscoped token has no catalog and is good for its projects only', async () => {
    const cloud = await cloudFor()
    const answer = await authenticate(cloud, passwordAuth('ann', 'ann-pw'))
    expect(answer.body['token']).not.toHaveProperty('catalog')
    const ask = askerWith(cloud, answer.headers.get('x-subject-token') ?? '')
    expect((await ask('GET', 'identity/auth/projects')).body).toMatchObject({ projects: [{ name: 'alpha' }] })
    expect((await ask('GET', 'compute/servers')).status).toBe(403)
  })

  test.each([
    ['wrong password', passwordAuth('ann', 'nope', 'alpha'), 401],
    ['unknown user', passwordAuth('zoe', 'x', 'alpha'), 401],
    ['foreign project', passwordAuth('ann', 'ann-pw', 'beta'), 401],
    ['no such project', passwordAuth('ann', 'ann-pw', 'gamma'), 401],
    ['nonsense', { auth: {} }, 400],
    ['no JSON', 'hello', 400],
  ])('%s is refused', async (_what, body, status) => {
    const answer = await authenticate(await cloudFor(), body)
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({
      error: { code: status, title: status === 401 ? 'Unauthorized' : 'Bad Request' },
    })
  })

  test('by token: rescoped, and no longer lived than its parent', async () => {
    const cloud = await cloudFor()
    const parent = await authenticate(cloud, passwordAuth('ann', 'ann-pw'))
    await cloud.admin.setTimings({ tokenSeconds: 9999 })
    const child = await authenticate(cloud, {
      auth: {
        identity: { methods: ['token'], token: { id: parent.headers.get('x-subject-token') } },
        scope: { project: { name: 'alpha', domain: { name: 'Default' } } },
      },
    })
    expect(child.body).toMatchObject({ token: { project: { name: 'alpha' } } })
    expect(field(child, 'token', 'expires_at')).toBe(field(parent, 'token', 'expires_at'))
  })

  test('expire, and are then worth nothing', async () => {
    const cloud = await cloudFor({ timings: { tokenSeconds: 1 } })
    const ask = await asker(cloud, 'ann', 'alpha')
    expect((await ask('GET', 'compute/servers')).status).toBe(200)
    await new Promise((done) => setTimeout(done, 1050))
    const refused = await ask('GET', 'compute/servers')
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toBe(`Keystone uri="${cloud.url}/identity"`)
  })

  test('are validated and revoked by their owner, not by others', async () => {
    const cloud = await cloudFor()
    const [ann, bob] = [await asker(cloud, 'ann', 'alpha'), await asker(cloud, 'bob', 'beta')]
    const of = (token: string) => ({ 'X-Subject-Token': token })
    expect((await ann('GET', 'identity/auth/tokens', undefined, of(ann.token))).body).toMatchObject({
      token: { user: { name: 'ann' } },
    })
    expect((await bob('GET', 'identity/auth/tokens', undefined, of(ann.token))).status).toBe(403)
    expect((await ann('GET', 'identity/auth/tokens', undefined, of('gone'))).status).toBe(404)
    expect((await ann('DELETE', 'identity/auth/tokens', undefined, of(ann.token))).status).toBe(204)
    expect((await ann('GET', 'image/images')).status).toBe(401)
    expect((await bob('GET', 'image/images')).status).toBe(200)
  })

  test('lose their worth with the role in the project', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    await cloud.admin.setRoles('ann', 'alpha', [])
    expect((await ann('GET', 'compute/servers')).status).toBe(401)
    expect((await authenticate(cloud, passwordAuth('ann', 'ann-pw', 'alpha'))).status).toBe(401)
  })
})

describe('application credentials', () => {
  const auth = (id: string, secret: string, more: object = {}) => ({
    auth: { identity: { methods: ['application_credential'], application_credential: { id, secret } }, ...more },
  })

  test('are made, used, and deleted', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    const me = field(await authenticate(cloud, passwordAuth('ann', 'ann-pw')), 'token', 'user', 'id')
    const base = `identity/users/${me}/application_credentials`
    const made = await ann('POST', base, { application_credential: { name: 'batch', roles: [{ name: 'member' }] } })
    expect(made.status).toBe(201)
    const id = field(made, 'application_credential', 'id')
    const secret = field(made, 'application_credential', 'secret')
    expect((await ann('POST', base, { application_credential: { name: 'batch' } })).status).toBe(409)
    expect((await ann('GET', `${base}/${id}`)).body['application_credential']).not.toHaveProperty('secret')

    const used = await authenticate(cloud, auth(id, secret))
    expect(used.body).toMatchObject({
      token: { project: { name: 'alpha' }, application_credential: { id, restricted: true } },
    })
    expect((await authenticate(cloud, auth(id, 'wrong'))).status).toBe(401)
    // The credential is its own scope.
    expect((await authenticate(cloud, auth(id, secret, { scope: { project: { id: 'x' } } }))).status).toBe(401)

    const holder = askerWith(cloud, used.headers.get('x-subject-token') ?? '')
    expect((await holder('POST', base, { application_credential: { name: 'more' } })).status).toBe(403)
    expect((await holder('DELETE', `${base}/${id}`)).status).toBe(403)
    expect((await ann('DELETE', `${base}/${id}`)).status).toBe(204)
    const gone = await authenticate(cloud, auth(id, secret))
    expect(gone.status).toBe(404)
    expect(gone.body).toMatchObject({ error: { message: `Could not find Application Credential: ${id}.` } })
    expect((await holder('GET', 'compute/servers')).status).toBe(401)
  })

  test('make and delete others only if they are unrestricted', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    const me = field(await authenticate(cloud, passwordAuth('ann', 'ann-pw')), 'token', 'user', 'id')
    const base = `identity/users/${me}/application_credentials`
    const maker = { name: 'maker', secret: 's', unrestricted: true }
    const made = await ann('POST', base, { application_credential: maker })
    const id = field(made, 'application_credential', 'id')
    const used = await authenticate(cloud, auth(id, 's'))
    expect(used.body).toMatchObject({ token: { application_credential: { restricted: false } } })
    const holder = askerWith(cloud, used.headers.get('x-subject-token') ?? '')
    const next = await holder('POST', base, { application_credential: { name: 'next' } })
    expect(next).toMatchObject({ status: 201, body: { application_credential: { unrestricted: false } } })
    expect((await holder('DELETE', `${base}/${field(next, 'application_credential', 'id')}`)).status).toBe(204)
    // and itself, which ends its own token
    expect((await holder('DELETE', `${base}/${id}`)).status).toBe(204)
    expect((await holder('GET', base)).status).toBe(401)
  })

  test('cannot hold a role that their user does not have', async () => {
    const cloud = await cloudFor()
    const ann = await asker(cloud, 'ann', 'alpha')
    const me = field(await authenticate(cloud, passwordAuth('ann', 'ann-pw')), 'token', 'user', 'id')
    const wish = { application_credential: { name: 'x', roles: [{ name: 'admin' }] } }
    expect((await ann('POST', `identity/users/${me}/application_credentials`, wish)).status).toBe(400)
  })

  test('with access rules may ask for nothing else, and for nothing where a service does not know its type', async () => {
    const cloud = await cloudFor({ withoutServiceType: ['network'] })
    const ann = await asker(cloud, 'ann', 'alpha')
    const me = field(await authenticate(cloud, passwordAuth('ann', 'ann-pw')), 'token', 'user', 'id')
    const rules = [
      { service: 'compute', method: 'GET', path: '/compute/v2.1/servers/*' },
      { service: 'image', method: 'GET', path: '/image/**' },
      { service: 'network', method: 'GET', path: '/network/**' },
    ]
    const made = await ann('POST', `identity/users/${me}/application_credentials`, {
      application_credential: { name: 'narrow', secret: 's', access_rules: rules },
    })
    const used = await authenticate(cloud, auth(field(made, 'application_credential', 'id'), 's'))
    expect(used.body).toMatchObject({ token: { application_credential: { access_rules: rules } } })
    const narrow = askerWith(cloud, used.headers.get('x-subject-token') ?? '')
    const statuses = async (...asked: [string, string][]) =>
      Promise.all(asked.map(async ([method, path]) => (await narrow(method, path)).status))
    expect(await statuses(['GET', 'compute/servers/detail'], ['GET', 'image/images'])).toEqual([200, 200])
    expect(
      await statuses(
        ['GET', 'compute/servers'],
        ['DELETE', 'compute/servers/x'],
        ['GET', 'compute/servers/x/metadata'],
      ),
    ).toEqual([401, 401, 401])
    expect(await statuses(['GET', 'network/networks'], ['GET', `identity/users/${me}`])).toEqual([401, 401])
    expect((await narrow('GET', 'identity/auth/tokens', undefined, { 'X-Subject-Token': narrow.token })).status).toBe(
      200,
    )
    expect((await ann('GET', 'network/networks')).status).toBe(200)
  })
})

test('version documents need no token', async () => {
  const cloud = await cloudFor()
  const get = async (path: string) => {
    const response = await fetch(cloud.url + path)
    return { status: response.status, body: await response.json() }
  }
  expect(await get('/identity')).toMatchObject({
    status: 300,
    body: { versions: { values: [{ id: 'v3.14', status: 'stable' }] } },
  })
  expect(await get('/identity/v3/')).toMatchObject({ status: 200, body: { version: { id: 'v3.14' } } })
  expect(await get('/image/')).toMatchObject({
    status: 300,
    body: { versions: expect.arrayContaining([expect.objectContaining({ status: 'CURRENT' })]) },
  })
  expect(await get('/compute/v2.1/')).toMatchObject({
    status: 200,
    body: { version: { version: '2.100', min_version: '2.1' } },
  })
  expect(await get('/network/')).toMatchObject({ status: 200, body: { versions: [{ id: 'v2.0' }] } })
})

test('readers read: every service refuses their writing in its own words', async () => {
  const cloud = await cloudFor()
  const eve = await asker(cloud, 'eve', 'alpha')
  expect((await eve('GET', 'compute/servers')).status).toBe(200)
  expect(await eve('POST', 'compute/servers', {})).toMatchObject({ status: 403, body: { forbidden: { code: 403 } } })
  expect(await eve('POST', 'image/images', {})).toMatchObject({
    status: 403,
    text: expect.stringContaining('<h1>403 Forbidden</h1>'),
  })
  expect(await eve('POST', 'network/networks', {})).toMatchObject({
    status: 403,
    body: { NeutronError: { type: 'PolicyNotAuthorized', message: '(rule:create_network) is disallowed by policy' } },
  })
})

test('only an administrator lists users and gives roles', async () => {
  const cloud = await cloudFor()
  const [ann, root] = [await asker(cloud, 'ann', 'alpha'), await asker(cloud, 'root', 'admin')]
  expect((await ann('GET', 'identity/users')).status).toBe(403)
  const find = async (what: string, name: string): Promise<string> =>
    field(await root('GET', `identity/${what}?name=${name}`), what, 0, 'id')
  const path = `identity/projects/${await find('projects', 'beta')}/users/${await find('users', 'ann')}/roles/${await find('roles', 'member')}`
  expect((await ann('PUT', path)).status).toBe(403)
  expect((await root('PUT', path)).status).toBe(204)
  expect((await authenticate(cloud, passwordAuth('ann', 'ann-pw', 'beta'))).status).toBe(201)
  expect((await root('DELETE', path)).status).toBe(204)
  expect((await authenticate(cloud, passwordAuth('ann', 'ann-pw', 'beta'))).status).toBe(401)
})

test('names belong to domains', async () => {
  const cloud = await cloudFor({
    seed: {
      projects: [{ name: 'alpha', domain: 'CCDB' }],
      users: [{ name: 'ann', password: 'ann-pw', domain: 'CCDB', roles: { alpha: ['member'] } }],
    },
  })
  const auth = (domain: object) => ({
    auth: {
      identity: { methods: ['password'], password: { user: { name: 'ann', domain, password: 'ann-pw' } } },
      scope: { project: { name: 'alpha', domain } },
    },
  })
  expect((await authenticate(cloud, auth({ id: 'default' }))).status).toBe(401)
  const answer = await authenticate(cloud, auth({ name: 'ccdb' }))
  expect(answer).toMatchObject({ status: 201, body: { token: { user: { domain: { name: 'CCDB' } } } } })
})

test('a user who is disabled or deleted is nobody', async () => {
  const cloud = await cloudFor()
  const [ann, root] = [await asker(cloud, 'ann', 'alpha'), await asker(cloud, 'root', 'admin')]
  const path = `identity/users/${field(await root('GET', 'identity/users?name=ann'), 'users', 0, 'id')}`
  expect((await root('PATCH', path, { user: { enabled: false } })).status).toBe(200)
  expect((await ann('GET', 'compute/servers')).status).toBe(401)
  expect((await root('PATCH', path, { user: { enabled: true } })).status).toBe(200)
  expect((await ann('GET', 'compute/servers')).status).toBe(200)
  expect((await root('DELETE', path)).status).toBe(204)
  expect((await authenticate(cloud, passwordAuth('ann', 'ann-pw', 'alpha'))).status).toBe(401)
})
