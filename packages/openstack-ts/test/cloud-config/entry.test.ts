import { expect, test } from 'vitest'
import { CloudConfigError, cloudConfigFromEntry, loadCloudConfig, type CloudConfig } from '../../src/index.ts'

const AUTH = { auth_url: 'http://k', username: 'u', password: 'p' }
const NAMED = { name: 'u', domain: { id: 'default' } }

const entry = (more: Record<string, unknown>, auth: Record<string, unknown> = AUTH): CloudConfig =>
  cloudConfigFromEntry('c', { auth, ...more })
const variables = (env: Record<string, string>): CloudConfig =>
  loadCloudConfig({ env: { OS_AUTH_URL: 'http://k', ...env }, cwd: '/' })

function problemOf(load: () => unknown): CloudConfigError {
  try {
    load()
  } catch (error) {
    if (error instanceof CloudConfigError) return error
    throw error
  }
  throw new Error('expected a CloudConfigError')
}

const PASSWORD = { username: 'u', password: 'p' }

test.each([
  ['nothing named', {}, NAMED, undefined],
  ['project id', { project_id: 'x' }, NAMED, { project: { id: 'x' } }],
  [
    'project name, domains by id',
    { project_name: 'x', project_domain_id: 'd', user_domain_id: 'e' },
    { name: 'u', domain: { id: 'e' } },
    { project: { name: 'x', domain: { id: 'd' } } },
  ],
  [
    'project name, domains by name',
    { project_name: 'x', project_domain_name: 'D', user_domain_name: 'E' },
    { name: 'u', domain: { name: 'E' } },
    { project: { name: 'x', domain: { name: 'D' } } },
  ],
  ['the old words', { tenant_name: 'x' }, NAMED, { project: { name: 'x', domain: { id: 'default' } } }],
  [
    'one domain for both',
    { project_name: 'x', domain_name: 'D' },
    { name: 'u', domain: { name: 'D' } },
    { project: { name: 'x', domain: { name: 'D' } } },
  ],
  [
    'a default domain',
    { project_name: 'x', default_domain_id: 'd' },
    { name: 'u', domain: { id: 'd' } },
    { project: { name: 'x', domain: { id: 'd' } } },
  ],
  [
    'a default domain beside one that is named',
    { project_name: 'x', default_domain: 'd', user_domain_name: 'E' },
    { name: 'u', domain: { name: 'E' } },
    { project: { name: 'x', domain: { id: 'd' } } },
  ],
  ['a domain as scope, by id', { domain_id: 'd' }, NAMED, { domain: { id: 'd' } }],
  ['a domain as scope, by name', { domain_name: 'D' }, NAMED, { domain: { name: 'D' } }],
  ['the system', { system_scope: 'all' }, NAMED, { system: 'all' }],
  ['empty is not set', { project_id: '', domain_id: '' }, NAMED, undefined],
])('user and scope are the same in files and variables: %s', (_what, keys, user, scope) => {
  const credential = { type: 'password', user, scope }
  expect(entry({}, { ...AUTH, ...keys }).credential).toMatchObject(credential)
  expect(entry({ ...keys }).credential).toMatchObject(credential)
  const hyphened = Object.fromEntries(Object.entries(keys).map(([key, value]) => [key.replaceAll('_', '-'), value]))
  expect(entry({}, { ...AUTH, ...hyphened }).credential).toMatchObject(credential)
  const env = Object.entries({ ...PASSWORD, ...keys }).map(([key, value]) => [`OS_${key.toUpperCase()}`, value])
  expect(variables(Object.fromEntries(env)).credential).toMatchObject(credential)
})

test.each([
  [
    { OS_TOKEN: 't', OS_PROJECT_ID: 'x' },
    { type: 'token', scope: { project: { id: 'x' } } },
  ],
  [
    { OS_AUTH_TYPE: 'v3token', OS_TOKEN: 't', OS_PASSWORD: 'p' },
    { type: 'token', scope: undefined },
  ],
  [
    { OS_AUTH_TYPE: 'password', OS_TOKEN: 't', OS_USERNAME: 'u', OS_PASSWORD: 'p' },
    { type: 'password', user: NAMED },
  ],
  [
    {
      OS_AUTH_TYPE: 'v3applicationcredential',
      OS_APPLICATION_CREDENTIAL_ID: 'i',
      OS_APPLICATION_CREDENTIAL_SECRET: 's',
      OS_PROJECT_NAME: 'no scope',
    },
    { type: 'applicationCredential', id: 'i' },
  ],
  [
    {
      OS_AUTH_TYPE: 'v3applicationcredential',
      OS_APPLICATION_CREDENTIAL_NAME: 'n',
      OS_APPLICATION_CREDENTIAL_SECRET: 's',
      OS_USERNAME: 'u',
      OS_USER_DOMAIN_NAME: 'E',
    },
    { type: 'applicationCredential', name: 'n', user: { name: 'u', domain: { name: 'E' } } },
  ],
])('variables %j', (env, credential) => {
  expect(variables(env).credential).toMatchObject(credential)
})

test.each([
  ['both a project and the system', { OS_SYSTEM_SCOPE: 'all', OS_PROJECT_ID: 'x' }, 'OS_SYSTEM_SCOPE'],
  ['a part of the system', { OS_SYSTEM_SCOPE: 'half' }, 'OS_SYSTEM_SCOPE'],
  ['a trust, which would be ignored', { OS_TRUST_ID: 't' }, 'OS_TRUST_ID'],
  ['a type that is not known', { OS_AUTH_TYPE: 'v3oidcpassword' }, 'OS_AUTH_TYPE'],
  ['a token type without a token', { OS_AUTH_TYPE: 'v3token' }, 'OS_TOKEN'],
  ['an application credential of nobody', applicationCredential({ OS_USERNAME: '' }), 'OS_USERNAME'],
  ['an interface that is none', { OS_INTERFACE: 'both' }, 'OS_INTERFACE'],
  ['a microversion that is none', { OS_COMPUTE_DEFAULT_MICROVERSION: '2' }, 'OS_COMPUTE_DEFAULT_MICROVERSION'],
  ['an override that is no URL', { OS_IMAGE_ENDPOINT_OVERRIDE: 'glance' }, 'OS_IMAGE_ENDPOINT_OVERRIDE'],
])('what is refused is named by its variable: %s', (_what, env, variable) => {
  const problem = problemOf(() => variables({ OS_USERNAME: 'u', OS_PASSWORD: 'p', ...env }))
  expect(problem.message).toMatch(new RegExp(`^environment: cloud envvars: ${variable}: `))
})

function applicationCredential(env: Record<string, string>): Record<string, string> {
  return { OS_APPLICATION_CREDENTIAL_NAME: 'n', OS_APPLICATION_CREDENTIAL_SECRET: 's', ...env }
}

test('variables that choose, and those of other tools, are no keys', () => {
  const env = {
    OS_USERNAME: 'u',
    OS_PASSWORD: 'p',
    OS_CLOUD_NAME: 'x',
    OS_IDENTITY_API_VERSION: '3',
    OS_ENDPOINT_TYPE: 'internalURL',
  }
  expect(variables(env)).toMatchObject({ name: 'envvars', interface: 'internal', endpointOverrides: {} })
})

test.each(['shared_file_system', 'shared-file-system', 'sharev2'])('an endpoint override spelled %s', (service) => {
  const { endpointOverrides } = entry({ [`${service}_endpoint_override`]: 'http://shares/' })
  expect(endpointOverrides).toEqual({ [service.replaceAll('_', '-')]: 'http://shares' })
  expect(entry({ 'shared-file-system-endpoint-override': 'http://shares/' }).endpointOverrides).toEqual({
    'shared-file-system': 'http://shares',
  })
})

test('several interfaces are an order of preference', () => {
  expect(entry({ interface: ['internalURL', 'public'] }).interface).toEqual(['internal', 'public'])
  expect(entry({ interface: ['admin'] }).interface).toBe('admin')
  expect(entry({ interface: [] }).interface).toBe('public')
  expect(problemOf(() => entry({ interface: ['public', 'x'] })).key).toBe('interface')
  expect(problemOf(() => entry({ interface: [{}] })).key).toBe('interface')
})

test.each([
  [{}, true],
  [{ verify: false }, false],
  [{ insecure: true }, false],
  [{ verify: true, insecure: 'True' }, false],
  [{ insecure: false }, true],
])('certificates are checked, unless one key says no: %j', (keys, verify) => {
  expect(entry(keys).tls.verify).toBe(verify)
})

test('latest is a microversion, and the region is put into auth_url', () => {
  const config = entry(
    { region_name: 'r1', compute_default_microversion: 'latest', 'volume-default-microversion': '3.50' },
    { ...AUTH, auth_url: 'https://{region_name}.example/v3' },
  )
  expect(config).toMatchObject({
    authUrl: 'https://r1.example/v3',
    microversions: { compute: 'latest', volume: '3.50' },
  })
  expect(problemOf(() => entry({}, { ...AUTH, auth_url: 'https://{region_name}.example' })).key).toBe('region_name')
})
