import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
import { known } from '../known.ts'
import { failureOf } from '../failure.ts'
import { PROJECT_ID, ScriptedCloud } from '../scripted-cloud.ts'
import { CINDER, withVolumes } from './with-volumes.ts'

const LIMITS = {
  limits: {
    rate: [],
    absolute: {
      totalSnapshotsUsed: 1,
      maxTotalBackups: 10,
      maxTotalVolumeGigabytes: 1000,
      maxTotalSnapshots: 10,
      maxTotalBackupGigabytes: 1000,
      totalBackupGigabytesUsed: 0,
      maxTotalVolumes: -1,
      totalVolumesUsed: 3,
      totalBackupsUsed: 0,
      totalGigabytesUsed: 61,
    },
  },
}

test.each(['block-storage', 'volumev3', 'volumev2', 'volume', 'block-store'])(
  'is found as %s in the catalog, asked with its old name for the microversion',
  async (type) => {
    await using cloud = withVolumes(await ScriptedCloud.start(), type, '3.70')
    await using client = cloud.connect()
    cloud.on('GET', `${CINDER}/limits`, { body: LIMITS })
    expect(await client.hasService('block-storage')).toBe(true)
    expect(known(await client.blockStorage.limits.absolute())).toEqual({
      volumes: { limit: null, used: 3 },
      gigabytes: { limit: 1000, used: 61 },
      snapshots: { limit: 10, used: 1 },
    })
    expect(cloud.calls('GET', `${CINDER}/limits`)[0]?.headers).toMatchObject({ 'openstack-api-version': 'volume 3.59' })
    expect(cloud.calls('GET', `${CINDER}/limits`)[0]?.headers).not.toHaveProperty('x-openstack-nova-api-version')
  },
)

test.each([
  ['an older cloud', {}, {}, '3.27'],
  ['the configuration', { volume_default_microversion: '3.12' }, {}, '3.12'],
  ['the program', { volume_default_microversion: '3.12' }, { blockStorageMicroversion: { wanted: '3.20' } }, '3.20'],
])('the microversion is that of %s', async (_who, entry, options, version) => {
  await using cloud = withVolumes(await ScriptedCloud.start(), 'volumev3', '3.27')
  await using client = cloud.connect(options, entry)
  expect(await client.blockStorage.microversion()).toBe(version)
})

test('a cloud without it is told so', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  expect(await client.hasService('block-storage')).toBe(false)
  expect(await failureOf(client.blockStorage.volumes.show('v1'))).toMatchObject({
    code: 'EndpointNotFound',
    message: expect.stringContaining('the catalog has no such service; it has: compute, identity, image, network'),
  })
})

test('quotas with what is used', async () => {
  await using cloud = withVolumes(await ScriptedCloud.start())
  await using client = cloud.connect()
  const at = `${CINDER}/os-quota-sets/${PROJECT_ID}`
  const row = (limit: number, in_use: number) => ({ limit, in_use, reserved: 0 })
  cloud.on('GET', at, {
    body: {
      quota_set: {
        id: PROJECT_ID,
        volumes: row(10, 3),
        gigabytes: { limit: -1, in_use: 61, reserved: 20 },
        snapshots: row(10, 1),
        volumes_ssd: row(5, 2),
      },
    },
  })
  expect(await client.blockStorage.quotas.show()).toEqual({
    volumes: { limit: 10, used: 3, reserved: 0 },
    gigabytes: { limit: null, used: 61, reserved: 20 },
    snapshots: { limit: 10, used: 1, reserved: 0 },
    others: { volumes_ssd: { limit: 5, used: 2, reserved: 0 } },
  })
  expect(cloud.calls('GET', at)[0]?.query.toString()).toBe('usage=true')
})

test('snapshots: create, list, show, delete', async () => {
  await using cloud = withVolumes(await ScriptedCloud.start())
  await using client = cloud.connect()
  const snapshot = {
    id: 'n1',
    name: 'before',
    description: null,
    status: 'available',
    volume_id: 'v1',
    size: 20,
    metadata: {},
    created_at: '2026-01-01T00:00:00.000000',
    updated_at: null,
    'os-extended-snapshot-attributes:progress': '100%',
  }
  cloud.on('POST', `${CINDER}/snapshots`, { status: 202, body: { snapshot: { ...snapshot, status: 'creating' } } })
  cloud.on('GET', `${CINDER}/snapshots/detail`, { body: { snapshots: [snapshot] } })
  cloud.on('GET', `${CINDER}/snapshots/n1`, { body: { snapshot } })
  cloud.on('DELETE', `${CINDER}/snapshots/n1`, { status: 202 })
  const { snapshots } = client.blockStorage
  expect((await snapshots.create({ volumeId: 'v1', name: 'before', force: true })).status).toBe('creating')
  expect(cloud.json('POST', `${CINDER}/snapshots`)).toEqual({
    snapshot: { volume_id: 'v1', name: 'before', force: true },
  })
  expect(await collect(snapshots.list({ volumeId: 'v1' }))).toHaveLength(1)
  expect(cloud.calls('GET', `${CINDER}/snapshots/detail`)[0]?.query.toString()).toBe('volume_id=v1')
  expect(known(await snapshots.show('n1'))).toEqual({
    id: 'n1',
    name: 'before',
    description: null,
    status: 'available',
    volumeId: 'v1',
    sizeGb: 20,
    metadata: {},
    createdAt: '2026-01-01T00:00:00.000000Z',
    updatedAt: null,
  })
  expect(await snapshots.delete('n1')).toBeUndefined()
})

test('the volume types', async () => {
  await using cloud = withVolumes(await ScriptedCloud.start())
  await using client = cloud.connect()
  const type = { id: 't1', name: 'ssd', is_public: true, description: null, extra_specs: {}, qos_specs_id: null }
  cloud.on('GET', `${CINDER}/types`, { body: { volume_types: [type] } })
  expect(known(await collect(client.blockStorage.types.list()))).toEqual([
    { id: 't1', name: 'ssd', description: null, isPublic: true, extraSpecs: {} },
  ])
})
