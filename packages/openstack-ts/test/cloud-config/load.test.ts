import { inspect } from 'node:util'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CloudConfigError, listClouds, loadCloudConfig } from '../../src/index.ts'
import { folder } from '../folder.ts'

const ARBUTUS = `
clouds:
  arbutus:
    region_name: RegionOne
    auth:
      auth_url: https://arbutus.example:5000/v3/
      username: ada
      user_domain_name: CCDB
      project_name: rpp-canfar
      project_domain_name: CCDB
`

const cloudsNamed = (name: string): string =>
  `clouds: {${name}: {auth: {auth_url: "http://k", username: u, password: p}}}`

function applicationCredential(auth: string) {
  using here = folder({
    'clouds.yaml': `clouds: {c: {auth_type: v3applicationcredential, auth: {auth_url: "http://x", ${auth}}}}`,
  })
  return loadCloudConfig({ env: {}, cwd: here.path }).credential
}

function problemOf(load: () => unknown): CloudConfigError {
  try {
    load()
  } catch (error) {
    if (error instanceof CloudConfigError) return error
    throw error
  }
  throw new Error('expected a CloudConfigError')
}

test('secure.yaml adds the password to its entry of clouds.yaml, key by key', () => {
  using here = folder({
    'clouds.yaml': ARBUTUS,
    'secure.yaml': 'clouds: {arbutus: {auth: {password: sesame}}, other: {auth: {password: nope}}}',
  })
  const config = loadCloudConfig({ cloud: 'arbutus', env: {}, cwd: here.path })
  expect(config).toMatchObject({
    name: 'arbutus',
    authUrl: 'https://arbutus.example:5000/v3',
    region: 'RegionOne',
    interface: 'public',
    credential: {
      type: 'password',
      user: { name: 'ada', domain: { name: 'CCDB' } },
      scope: { project: { name: 'rpp-canfar', domain: { name: 'CCDB' } } },
    },
    source: {
      kind: 'file',
      cloud: 'arbutus',
      clouds: join(here.path, 'clouds.yaml'),
      secure: join(here.path, 'secure.yaml'),
    },
    tls: { verify: true },
  })
  expect(config.credential.type === 'password' && config.credential.password.reveal()).toBe('sesame')
})

test('a secret shows neither when printed nor when serialised', () => {
  using here = folder({ 'clouds.yaml': ARBUTUS.replace('username: ada', 'username: ada\n      password: sesame') })
  const config = loadCloudConfig({ env: {}, cwd: here.path })
  expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toContain('sesame')
  expect(JSON.stringify(config)).toContain('[secret]')
})

test('a public profile lies below the entry that names it', () => {
  using here = folder({
    'clouds.yaml': 'clouds: {mine: {profile: vexx, region_name: b, auth: {username: u, password: p}}}',
    'clouds-public.yaml': 'public-clouds: {vexx: {region_name: a, auth: {auth_url: "https://vexx.example/identity"}}}',
  })
  const config = loadCloudConfig({ env: {}, cwd: here.path })
  expect(config).toMatchObject({ authUrl: 'https://vexx.example/identity', region: 'b' })
})

test('a profile that is not there is told with those that are', () => {
  using here = folder({
    'clouds.yaml': 'clouds: {mine: {profile: x}}',
    'clouds-public.yaml': 'public-clouds: {vexx: {}}',
  })
  const problem = problemOf(() => loadCloudConfig({ env: {}, cwd: here.path }))
  expect(problem).toMatchObject({
    code: 'KeyInvalid',
    cloud: 'mine',
    key: 'profile',
    path: join(here.path, 'clouds.yaml'),
  })
  expect(problem.message).toContain('it has: vexx')
})

test('the search goes from the named file over the working directory to the user folder', () => {
  using here = folder({
    'named/my.yaml': cloudsNamed('named'),
    'cwd/clouds.yaml': cloudsNamed('cwd'),
    'config/openstack/clouds.yml': cloudsNamed('user'),
    'home/.config/openstack/clouds.yaml': cloudsNamed('home'),
    'site/openstack/clouds.yaml': cloudsNamed('site'),
    'empty/x': '',
  })
  const at = (folderName: string): string => join(here.path, folderName)
  const load = (cwd: string, env: Record<string, string>): string => loadCloudConfig({ env, cwd: at(cwd) }).name
  expect(load('cwd', { OS_CLIENT_CONFIG_FILE: at('named/my.yaml'), XDG_CONFIG_HOME: at('config') })).toBe('named')
  expect(load('cwd', { XDG_CONFIG_HOME: at('config') })).toBe('cwd')
  expect(load('empty', { XDG_CONFIG_HOME: at('config'), HOME: at('home') })).toBe('user')
  expect(load('empty', { HOME: at('home') })).toBe('home')
  expect(load('empty', { HOME: at('home'), XDG_CONFIG_HOME: at('nowhere') })).toBe('home')
  expect(load('empty', { HOME: at('empty'), XDG_CONFIG_DIRS: `${at('nowhere')}:${at('site')}` })).toBe('site')
})

test('a file that is named has its secrets beside it, not in the working directory', () => {
  using here = folder({
    'a/clouds.yaml': ARBUTUS,
    'a/secure.yaml': 'clouds: {arbutus: {auth: {password: right}}}',
    'secure.yaml': 'clouds: {arbutus: {auth: {password: wrong}}}',
  })
  const { credential } = loadCloudConfig({ env: {}, cwd: here.path, files: { clouds: 'a/clouds.yaml' } })
  expect(credential.type === 'password' && credential.password.reveal()).toBe('right')
})

test.skipIf(process.getuid?.() === 0)("another account's secrets in a common folder stop nobody", () => {
  using here = folder({
    'config/openstack/clouds.yaml': cloudsNamed('mine'),
    'config/openstack/secure.yaml': 'clouds: {other: {auth: {password: p}}}',
    'clouds.yaml': '',
  })
  chmodSync(join(here.path, 'config/openstack/secure.yaml'), 0)
  chmodSync(join(here.path, 'clouds.yaml'), 0)
  expect(loadCloudConfig({ env: { XDG_CONFIG_HOME: join(here.path, 'config') }, cwd: here.path }).name).toBe('mine')
})

test('without credentials every place that was looked at is listed', () => {
  using here = folder({ 'openstack/clouds.yaml': 'clouds: {}' })
  const problem = problemOf(() => loadCloudConfig({ env: { XDG_CONFIG_HOME: here.path }, cwd: '/nowhere' }))
  expect(problem.code).toBe('NoCredentials')
  expect(problem.searched).toEqual(
    expect.arrayContaining([
      'variable OS_CLOUD: not set',
      'variable OS_AUTH_URL: not set',
      '/nowhere/clouds.yaml: no such file',
      `${here.path}/openstack/clouds.yaml: has no clouds`,
      '/etc/openstack/clouds.yaml: no such file',
    ]),
  )
  expect(problem.message).toContain('/nowhere/clouds.yaml')
})

test('OS_CLOUD names the entry; a cloud that is missing is told with those that are there', () => {
  using here = folder({ 'clouds.yaml': 'clouds: {a: {}, b: {auth: {auth_url: "http://b", username: u, password: p}}}' })
  expect(loadCloudConfig({ env: { OS_CLOUD: 'b' }, cwd: here.path }).name).toBe('b')
  const unknown = problemOf(() => loadCloudConfig({ cloud: 'c', env: {}, cwd: here.path }))
  expect(unknown).toMatchObject({ code: 'CloudUnknown', cloud: 'c', path: join(here.path, 'clouds.yaml') })
  expect(unknown.message).toContain('a, b')
  expect(problemOf(() => loadCloudConfig({ env: {}, cwd: here.path }))).toMatchObject({ code: 'CloudAmbiguous' })
})

test.each([
  ['{}', 'KeyMissing', 'auth.auth_url'],
  ['{auth: {auth_url: "ftp://x"}}', 'KeyInvalid', 'auth.auth_url'],
  ['{auth: {auth_url: "http://x", username: u}}', 'KeyMissing', 'auth.password'],
  ['{auth: {auth_url: "http://x", password: p}}', 'KeyMissing', 'auth.username'],
  ['{auth: {auth_url: "http://x", application_credential_secret: s}}', 'KeyMissing', 'auth.application_credential_id'],
  ['{auth_type: v3oidcpassword, auth: {auth_url: "http://x"}}', 'KeyInvalid', 'auth_type'],
  ['{auth: {auth_url: "http://x", username: [u], password: p}}', 'KeyInvalid', 'auth.username'],
  ['{interface: both, auth: {auth_url: "http://x", username: u, password: p}}', 'KeyInvalid', 'interface'],
  ['{verify: perhaps, auth: {auth_url: "http://x", username: u, password: p}}', 'KeyInvalid', 'verify'],
])('entry %s: %s of %s, with path and cloud', (entry, code, key) => {
  using here = folder({ 'clouds.yaml': `clouds: {c: ${entry}}` })
  const problem = problemOf(() => loadCloudConfig({ env: {}, cwd: here.path }))
  expect(problem).toMatchObject({ code, key, cloud: 'c', path: join(here.path, 'clouds.yaml') })
  expect(problem.message).toContain(`${here.path}/clouds.yaml: cloud c: ${key}: `)
})

test('broken YAML is told by its line, without the line, which may hold a password', () => {
  using here = folder({ 'clouds.yaml': 'clouds:\n  a:\n    auth: {password: "sesame\n' })
  const problem = problemOf(() => loadCloudConfig({ env: {}, cwd: here.path }))
  expect(problem).toMatchObject({ code: 'FileInvalid', path: join(here.path, 'clouds.yaml') })
  expect(problem.message).toMatch(/line \d/)
  expect(problem.message).not.toContain('sesame')
})

test('regions: the first, or the one that was asked for with its own values', () => {
  const entry =
    'regions: [r1, {name: r2, values: {interface: internal}}], auth: {auth_url: "http://x", username: u, password: p}'
  using here = folder({ 'clouds.yaml': `clouds: {c: {${entry}}}` })
  expect(loadCloudConfig({ env: {}, cwd: here.path })).toMatchObject({ region: 'r1', interface: 'public' })
  expect(loadCloudConfig({ region: 'r2', env: {}, cwd: here.path })).toMatchObject({
    region: 'r2',
    interface: 'internal',
  })
  expect(problemOf(() => loadCloudConfig({ region: 'r3', env: {}, cwd: here.path })).message).toContain(
    'it has: r1, r2',
  )
})

test('openrc variables make a cloud of their own, unless one is named', () => {
  using here = folder({ 'clouds.yaml': ARBUTUS, 'secure.yaml': 'clouds: {arbutus: {auth: {password: p}}}' })
  const env = {
    OS_AUTH_URL: 'https://keystone.example/v3',
    OS_USERNAME: 'bob',
    OS_PASSWORD: '12345',
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_ID: 'p1',
    OS_REGION_NAME: 'North',
    OS_INTERFACE: 'internal',
    OS_CACERT: 'ca.pem',
    OS_IMAGE_ENDPOINT_OVERRIDE: 'http://image.example',
  }
  expect(loadCloudConfig({ env, cwd: here.path })).toMatchObject({
    name: 'envvars',
    source: { kind: 'environment' },
    region: 'North',
    interface: 'internal',
    credential: { user: { name: 'bob', domain: { name: 'Default' } }, scope: { project: { id: 'p1' } } },
    endpointOverrides: { image: 'http://image.example' },
    tls: { caFile: join(here.path, 'ca.pem') },
  })
  expect(loadCloudConfig({ cloud: 'arbutus', env, cwd: here.path }).credential).toMatchObject({ user: { name: 'ada' } })
  const problem = problemOf(() => loadCloudConfig({ env: { ...env, OS_PASSWORD: '' }, cwd: here.path }))
  expect(problem.message).toBe('environment: cloud envvars: OS_PASSWORD: is missing')
})

test('an application credential by id, and by name and user', () => {
  expect(applicationCredential('application_credential_id: i, application_credential_secret: s')).toMatchObject({
    type: 'applicationCredential',
    id: 'i',
  })
  expect(
    applicationCredential('application_credential_name: n, user_id: u, application_credential_secret: s'),
  ).toMatchObject({
    name: 'n',
    user: { id: 'u' },
  })
})

test('old keys beside auth, an all-digit password, insecure and overrides are understood', () => {
  using here = folder({
    'clouds.yaml': `
clouds:
  c:
    auth_url: http://x
    insecure: "True"
    endpoint_type: internalURL
    compute_default_microversion: "2.60"
    block_storage_endpoint_override: http://volumes.example/
    auth: {username: u, password: 123456}
`,
  })
  const config = loadCloudConfig({ env: {}, cwd: here.path })
  expect(config).toMatchObject({
    interface: 'internal',
    tls: { verify: false },
    endpointOverrides: { 'block-storage': 'http://volumes.example' },
    microversions: { compute: '2.60' },
  })
  expect(config.credential.type === 'password' && config.credential.password.reveal()).toBe('123456')
})

test('the list has every cloud, whole or not, and the variables', () => {
  using here = folder({ 'clouds.yaml': `${ARBUTUS}  half: {}\n  old: {auth_url: "http://old"}\n` })
  const listed = listClouds({ env: { OS_AUTH_URL: 'http://env' }, cwd: here.path })
  expect(listed.map(({ name, authUrl }) => [name, authUrl])).toEqual([
    ['arbutus', 'https://arbutus.example:5000/v3/'],
    ['half', undefined],
    ['old', 'http://old'],
    ['envvars', 'http://env'],
  ])
})
