import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { judgeTrial, trialUserData, type TrialOrder, type TrialServer } from '#domain/cloud-check/trial.ts'

const order: TrialOrder = {
  name: 'canfar-arbutus-0123456789abcdef',
  image: {
    id: 'i1',
    name: 'open',
    status: 'active',
    visibility: 'public',
    owner: 'p2',
    bytes: 1,
    minDiskGb: 0,
    minRamMb: 0,
    createdAt: '',
  },
  flavor: { id: 'f1', name: 'c1', vcpus: 1, ramMb: 1, diskGb: 1, ephemeralGb: 0 },
  metadata: { 'canfar-batch.tenant': 'ada' },
  network: 'private',
  securityGroups: ['condor'],
  keyName: 'ops',
  availabilityZone: 'nova',
  configDrive: true,
}

const server: TrialServer = {
  metadata: { 'canfar-batch.tenant': 'ada', more: 'x' },
  imageId: 'i1',
  flavor: { id: null, name: 'c1' },
  addresses: [{ network: 'private', address: '10.0.0.7', type: 'fixed' }],
  securityGroups: ['default', 'condor'],
  keyName: 'ops',
  availabilityZone: 'nova',
  configDrive: true,
  volumes: [],
}

test('a server as it was asked for', () => {
  expect(judgeTrial(server, order)).toMatchObject([
    { name: 'boot: address', ok: true, detail: '10.0.0.7 in private' },
    { name: 'boot: as asked', ok: true },
  ])
})

test.each<[string, Partial<TrialServer>, Partial<TrialOrder>, string]>([
  ['metadata', { metadata: {} }, {}, 'metadata canfar-batch.tenant is missing, not ada'],
  ['image', { imageId: 'i2' }, {}, 'its image is i2, not i1'],
  ['flavor by name', { flavor: { id: null, name: 'c2' } }, {}, 'its flavor is c2, not c1'],
  ['flavor by id', { flavor: { id: 'f2', name: null } }, {}, 'its flavor is f2, not c1'],
  ['security group', { securityGroups: ['default'] }, {}, 'not in the security group condor'],
  ['key', { keyName: null }, {}, 'its key is none, not ops'],
  ['zone', { availabilityZone: 'other' }, {}, 'its availability zone is other, not nova'],
  ['config drive', { configDrive: false }, {}, 'no config drive'],
  ['a disk of its own', {}, { volumeGb: 8 }, 'does not run from a volume'],
  ['no volume shown', { imageId: null }, { volumeGb: 8 }, 'shows no volume of it'],
  [
    'a volume that would stay',
    { imageId: null, volumes: [{ id: 'v1', deleteOnTermination: false }] },
    { volumeGb: 8 },
    'volume v1 is not to be deleted',
  ],
])('something else: %s', (_what, seen, asked, detail) => {
  const [, properties] = judgeTrial({ ...server, ...seen }, { ...order, ...asked })
  expect(properties).toMatchObject({ ok: false, detail: expect.stringContaining(detail) })
})

test.each([
  [[], 'none, not one in private'],
  [[{ network: 'other', address: '10.1.0.3', type: 'fixed' as const }], '10.1.0.3 in other, not one in private'],
  [[{ network: 'private', address: '206.1.1.1', type: 'floating' as const }], 'none, not one in private'],
])('addresses %j are not the one', (addresses, detail) => {
  expect(judgeTrial({ ...server, addresses }, order)[0]).toMatchObject({ ok: false, detail })
})

test('what is not asked for does not matter', () => {
  const { keyName: _key, availabilityZone: _zone, ...less } = order
  const seen = { ...server, keyName: 'x', availabilityZone: 'y', configDrive: true, securityGroups: ['z'] }
  expect(judgeTrial(seen, { ...less, securityGroups: [], configDrive: false })[1]).toMatchObject({ ok: true })
})

test.each([0, 18_348, 65_535])(
  'user-data of %i bytes in base64 tells the guest to power off, and no more',
  (length) => {
    const document = trialUserData(length)
    expect(document).toMatch(/^#cloud-config\n/)
    expect(parse(document)).toEqual({ power_state: { mode: 'poweroff', delay: 60, message: expect.any(String) } })
    const size = Buffer.from(document).toString('base64').length
    expect(size).toBeLessThanOrEqual(Math.max(length, 200))
    expect(size).toBeGreaterThan(length - 200)
  },
)
