import { expect, test } from 'vitest'
import type { CatalogService } from '../../src/index.ts'
import { endpointUrl } from '../../src/discovery/endpoint.ts'
import { identityUrl, withVersion } from '../../src/discovery/version-path.ts'
import { parseVersions } from '../../src/discovery/version-document.ts'

const endpoint = (kind: string, region: string | undefined, url: string) => ({ interface: kind, region, url })
const CATALOG: CatalogService[] = [
  {
    type: 'compute',
    name: 'nova',
    endpoints: [
      endpoint('public', 'r1', 'http://c1/v2.1/'),
      endpoint('public', 'r2', 'http://c2/v2.1'),
      endpoint('internal', 'r1', 'http://i1/v2.1'),
    ],
  },
  { type: 'volumev3', name: 'cinder', endpoints: [endpoint('public', 'r1', 'http://v3')] },
]
const find = (type: string, region?: string, kind: 'public' | 'internal' | 'admin' = 'public') =>
  endpointUrl(CATALOG, { type, interface: kind, region })

test('by type, interface and region', () => {
  expect(find('compute', 'r2')).toBe('http://c2/v2.1')
  expect(find('compute', 'r1')).toBe('http://c1/v2.1')
  expect(find('compute', undefined, 'internal')).toBe('http://i1/v2.1')
})

test.each(['block-storage', 'volumev3', 'volume', 'block-store'])(
  'a service is found under any of its names: %s',
  (type) => {
    expect(find(type)).toBe('http://v3')
  },
)

test('what is missing is told with what is there', () => {
  expect(() => find('dns')).toThrow('dns: the catalog has no such service; it has: compute, volumev3')
  expect(() => find('compute', 'r3')).toThrow(
    'no public endpoint in region r3; there are: internal in r1, public in r1, public in r2',
  )
  expect(() => find('compute', 'r2', 'admin')).toThrow('no admin endpoint in region r2')
  expect(() => find('compute')).toThrow('is in several regions, name one (region_name): r1, r2')
  expect(() => endpointUrl([], { type: 'compute', interface: 'public', region: undefined })).toThrow(
    'does the configuration name a project?',
  )
})

test.each([
  ['http://h/image', 'http://h/image/v2'],
  ['http://h:9292/', 'http://h:9292/v2'],
  ['http://h/image/v2/', 'http://h/image/v2'],
  ['http://h/v2.1/abc', 'http://h/v2.1/abc'],
  ['http://v2.example/', 'http://v2.example/v2'],
  ['http://h/v2ray', 'http://h/v2ray/v2'],
])('the version of %s', (url, versioned) => {
  expect(withVersion(url, 'v2')).toBe(versioned)
})

test.each([
  ['http://h:5000', 'http://h:5000/v3'],
  ['http://h/identity/', 'http://h/identity/v3'],
  ['http://h:5000/v3', 'http://h:5000/v3'],
  ['http://h:5000/v2.0', 'http://h:5000/v3'],
])('Keystone at %s', (authUrl, url) => {
  expect(identityUrl(authUrl)).toBe(url)
})

test('the four shapes of version documents', () => {
  const version = { id: 'v2.1', status: 'CURRENT', version: '2.96', min_version: '2.1' }
  const parsed = [{ id: 'v2.1', status: 'CURRENT', max: '2.96', min: '2.1' }]
  expect(parseVersions({ versions: { values: [version] } })).toEqual(parsed)
  expect(parseVersions({ versions: [version] })).toEqual(parsed)
  expect(parseVersions({ version })).toEqual(parsed)
  expect(parseVersions(version)).toEqual(parsed)
  const placement = { id: 'v1.0', status: 'CURRENT', max_version: '1.39', min_version: '1.0' }
  expect(parseVersions({ versions: [placement] })).toEqual([{ id: 'v1.0', status: 'CURRENT', max: '1.39', min: '1.0' }])
  expect(parseVersions({ versions: [{ id: 'v2.0', status: 'SUPPORTED', version: '', min_version: '' }] })).toEqual([
    { id: 'v2.0', status: 'SUPPORTED', max: undefined, min: undefined },
  ])
  expect(parseVersions('<html>')).toEqual([])
})
