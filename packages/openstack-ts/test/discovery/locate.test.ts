import { expect, test } from 'vitest'
import { z } from 'zod'
import { collect, isNotFound, OpenStackError } from '../../src/index.ts'
import { failureOf } from '../failure.ts'
import { PROJECT_ID, ScriptedCloud } from '../scripted-cloud.ts'

const anything = z.looseObject({})
const body = { servers: [], volumes: [], images: [], ports: [] }

/** A cloud whose catalog has one service of a type at a path. */
async function cloudWith(type: string, path: string): Promise<ScriptedCloud> {
  const cloud = await ScriptedCloud.start()
  cloud.services.splice(0, cloud.services.length, { type, name: 'it', path })
  return cloud
}

test.each([
  ['compute', 'v2.1', '/c/v2.1', '/c/v2.1/things'],
  ['compute', 'v2.1', `/c/v2.1/${PROJECT_ID}`, `/c/v2.1/${PROJECT_ID}/things`],
  ['compute', 'v2.1', `/c/v2/${PROJECT_ID}`, `/c/v2.1/${PROJECT_ID}/things`],
  ['compute', 'v2.1', '/c', '/c/v2.1/things'],
  ['volumev3', 'v3', `/v/v3/${PROJECT_ID}`, `/v/v3/${PROJECT_ID}/things`],
  ['volumev2', 'v3', `/v/v2/${PROJECT_ID}`, `/v/v3/${PROJECT_ID}/things`],
  ['image', 'v2', '/i/v1', '/i/v2/things'],
  ['image', 'v2', '/i/v2.9', '/i/v2.9/things'],
  ['network', 'v2.0', '/n/', '/n/v2.0/things'],
  ['placement', undefined, '/placement', '/placement/things'],
])('%s %s, listed at %s, is asked at %s', async (type, version, listed, asked) => {
  await using cloud = await cloudWith(type, listed)
  await using client = cloud.connect()
  cloud.on('GET', asked, { body: {} })
  await client.service(type, { version, microversion: undefined }).get('/things', anything)
  expect(cloud.seen.map(({ path }) => path)).toEqual(['/identity/v3/auth/tokens', asked])
})

const links = (href: string) => [{ rel: 'self', href }]
const wrong = 'https://inside.example:8774/v2.1/'

test.each([
  [
    'a version of its own',
    'compute',
    'v2.1',
    '/c/v2.1',
    { version: { id: 'v2.1', version: '2.96', min_version: '2.1', links: links(wrong) } },
    '2.50',
  ],
  [
    'a root with an old version, links relative',
    'compute',
    'v2.1',
    '/c/v2.1',
    {
      versions: [
        { id: 'v2.0', status: 'SUPPORTED', version: '', min_version: '', links: links('/v2/') },
        { id: 'v2.1', status: 'CURRENT', version: '2.30', min_version: '2.1', links: links('/v2.1/') },
      ],
    },
    '2.30',
  ],
  [
    'Keystone’s values',
    'compute',
    'v2.1',
    '/c/v2.1',
    { versions: { values: [{ id: 'v2.1', version: '2.96', min_version: '2.1' }] } },
    '2.50',
  ],
  [
    'the content bare',
    'compute',
    'v2.1',
    '/c/v2.1',
    { id: 'v2.1', status: 'CURRENT', version: '2.49', min_version: '2.1' },
    '2.49',
  ],
  [
    'Cinder’s v3.0',
    'volumev3',
    'v3',
    `/v/v3/${PROJECT_ID}`,
    { versions: [{ id: 'v3.0', version: '3.70', min_version: '3.0' }] },
    '3.50',
  ],
  [
    'Placement’s root',
    'placement',
    undefined,
    '/p',
    { versions: [{ id: 'v1.0', max_version: '1.39', min_version: '1.0', links: links('') }] },
    '1.30',
  ],
])('the microversion is read from %s', async (_what, type, version, listed, document, settled) => {
  await using cloud = await cloudWith(type, listed)
  await using client = cloud.connect()
  const wanted = { compute: '2.50', volumev3: '3.50', placement: '1.30' }[type] ?? ''
  const min = `${wanted.split('.')[0]}.1`
  cloud.on('GET', `${listed.split('/').slice(0, 3).join('/')}/`, { status: 300, body: document })
  cloud.on('GET', `${listed}/things`, { body: {} })
  const service = client.service(type, { version, microversion: { min, wanted } })
  await service.get('/things', anything)
  const name = type === 'volumev3' ? 'volume' : type
  expect(cloud.calls('GET', `${listed}/things`)[0]?.headers['openstack-api-version']).toBe(`${name} ${settled}`)
})

test.each([
  [
    'several, none of them ours',
    { versions: [{ id: 'v2.0' }, { id: 'v1.0' }] },
    'BadReply',
    'does not describe v2.1 (versions there: v2.0, v1.0)',
  ],
  ['no versions', {}, 'BadReply', 'versions there: none'],
  ['a page of a proxy', '<html>hello</html>', 'BadReply', 'versions there: none'],
  [
    'one from before microversions',
    { version: { id: 'v2.0', version: '', min_version: '' } },
    'MicroversionUnsupported',
    'has no microversions',
  ],
])('a document that will not do is told: %s', async (_what, document, code, said) => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', '/compute/v2.1/', { body: document })
  const error = await failureOf(client.compute.microversion())
  expect(error).toMatchObject({ code, service: 'compute' })
  expect(OpenStackError.is(error) && error.message).toContain(said)
})

test('latest is the newest of the cloud', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({}, { compute_default_microversion: 'latest' })
  expect(await client.compute.microversion()).toBe('2.96')
})

test('an override keeps its version, and may want the project id', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect(
    {},
    {
      'image-endpoint-override': `${cloud.url}/i/v1/%(project_id)s`,
      volume_endpoint_override: `${cloud.url}/v/v3/$(tenant_id)s`,
      identity_endpoint_override: `${cloud.url}/other`,
    },
  )
  cloud.on('GET', `/i/v1/${PROJECT_ID}/images`, { body })
  cloud.on('GET', `/v/v3/${PROJECT_ID}/things`, { body })
  expect(await collect(client.image.images.list())).toEqual([])
  await client.service('block-storage', { version: 'v3', microversion: undefined }).get('/things', anything)
  expect(isNotFound(await failureOf(collect(client.identity.projects.mine())))).toBe(true)
  expect(cloud.seen.map(({ path }) => path)).toContain('/other/v3/auth/projects')
})

test('the first interface of the list that a service has is taken', async () => {
  await using cloud = await ScriptedCloud.start()
  cloud.on('GET', '/network/v2.0/ports', { body })
  await using client = cloud.connect({}, { interface: ['admin', 'internal'] })
  expect(await collect(client.network.ports.list())).toEqual([])
  await using administrator = cloud.connect({}, { interface: 'admin' })
  expect(await failureOf(collect(administrator.network.ports.list()))).toMatchObject({ code: 'EndpointNotFound' })
})

test('a first call costs a token, and its service’s version document where there are microversions; no other costs more than itself', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  for (const path of ['/compute/v2.1/servers/detail', '/image/v2/images', '/network/v2.0/ports'])
    cloud.on('GET', path, { body })
  for (let round = 0; round < 2; round++) {
    await Promise.all([
      collect(client.compute.servers.list()),
      collect(client.compute.servers.list()),
      collect(client.image.images.list()),
      collect(client.network.ports.list()),
    ])
  }
  const count = (method: string, path: string) => cloud.calls(method, path).length
  expect(count('POST', '/identity/v3/auth/tokens')).toBe(1)
  expect(count('GET', '/compute/v2.1/')).toBe(1)
  expect(count('GET', '/compute/v2.1/servers/detail')).toBe(4)
  expect(count('GET', '/image/v2/images')).toBe(2)
  expect(count('GET', '/network/v2.0/ports')).toBe(2)
  expect(cloud.seen).toHaveLength(10)
})
