import { expect, test } from 'vitest'
import { collect, isQuotaExceeded } from '../../src/index.ts'
import { known } from '../known.ts'
import { failureOf } from '../failure.ts'
import { PROJECT_ID, ScriptedCloud } from '../scripted-cloud.ts'
import { CINDER, withVolumes } from './with-volumes.ts'

/** As Cinder 3.59 answers of the volume that a server was booted from. */
const VOLUME = {
  id: 'v1',
  status: 'in-use',
  size: 20,
  availability_zone: 'nova',
  created_at: '2026-01-01T00:00:00.000000',
  updated_at: '2026-01-01T00:01:00.000000',
  name: '',
  description: '',
  volume_type: 'ssd',
  snapshot_id: null,
  source_volid: null,
  metadata: {},
  links: [],
  user_id: 'user-ada',
  bootable: 'true',
  encrypted: false,
  replication_status: null,
  consistencygroup_id: null,
  group_id: null,
  multiattach: false,
  attachments: [
    {
      id: 'v1',
      attachment_id: 'a1',
      volume_id: 'v1',
      server_id: 's1',
      host_name: null,
      device: '/dev/vda',
      attached_at: '2026-01-01T00:01:00.000000',
    },
  ],
  'os-vol-tenant-attr:tenant_id': PROJECT_ID,
  volume_image_metadata: { image_id: 'i1', image_name: 'debian-13', min_disk: '10' },
  service_uuid: null,
  shared_targets: true,
}

test('a volume as Cinder describes it', async () => {
  await using cloud = withVolumes(await ScriptedCloud.start())
  await using client = cloud.connect()
  cloud.on('GET', `${CINDER}/volumes/v1`, { body: { volume: VOLUME } })
  expect(known(await client.blockStorage.volumes.show('v1'))).toEqual({
    id: 'v1',
    name: null,
    description: null,
    status: 'in-use',
    sizeGb: 20,
    volumeType: 'ssd',
    availabilityZone: 'nova',
    bootable: true,
    encrypted: false,
    multiattach: false,
    attachments: [{ id: 'a1', serverId: 's1', device: '/dev/vda', attachedAt: '2026-01-01T00:01:00.000000Z' }],
    metadata: {},
    imageMetadata: { image_id: 'i1', image_name: 'debian-13', min_disk: '10' },
    snapshotId: null,
    sourceVolumeId: null,
    projectId: PROJECT_ID,
    userId: 'user-ada',
    createdAt: '2026-01-01T00:00:00.000000Z',
    updatedAt: '2026-01-01T00:01:00.000000Z',
  })
})

test('a list to its end, with Cinder’s own filters', async () => {
  await using cloud = withVolumes(await ScriptedCloud.start())
  await using client = cloud.connect()
  const at = `${CINDER}/volumes/detail`
  const next = `http://elsewhere/v3/${PROJECT_ID}/volumes/detail?limit=1&marker=v1`
  cloud.on('GET', at, [
    { body: { volumes: [VOLUME], volumes_links: [{ rel: 'next', href: next }] } },
    { body: { volumes: [{ id: 'v2', status: 'available', size: 1 }] } },
  ])
  const found = await collect(
    client.blockStorage.volumes.list(
      { status: 'available', bootable: false, metadata: { for: 'us' }, allProjects: true, projectId: 'p' },
      { pageSize: 1 },
    ),
  )
  expect(found.map(({ id, bootable }) => [id, bootable])).toEqual([
    ['v1', true],
    ['v2', false],
  ])
  expect(found[1]).toMatchObject({ name: null, attachments: [], metadata: {}, imageMetadata: {}, createdAt: null })
  expect(cloud.calls('GET', at).map(({ query }) => Object.fromEntries(query))).toEqual([
    { status: 'available', bootable: 'false', metadata: '{"for":"us"}', all_tenants: '1', project_id: 'p', limit: '1' },
    { limit: '1', marker: 'v1' },
  ])
})

test('create, update, delete', async () => {
  await using cloud = withVolumes(await ScriptedCloud.start())
  await using client = cloud.connect()
  const { volumes } = client.blockStorage
  cloud.on('POST', `${CINDER}/volumes`, { status: 202, body: { volume: { ...VOLUME, status: 'creating' } } })
  cloud.on('PUT', `${CINDER}/volumes/v1`, { body: { volume: { ...VOLUME, name: 'data' } } })
  cloud.on('DELETE', `${CINDER}/volumes/v1`, { status: 202 })
  expect((await volumes.create({ sizeGb: 20, volumeType: 'ssd', imageId: 'i1', metadata: { a: 'b' } })).status).toBe(
    'creating',
  )
  expect(cloud.json('POST', `${CINDER}/volumes`)).toEqual({
    volume: { size: 20, volume_type: 'ssd', imageRef: 'i1', metadata: { a: 'b' } },
  })
  expect((await volumes.update('v1', { name: 'data' })).name).toBe('data')
  expect(cloud.json('PUT', `${CINDER}/volumes/v1`)).toEqual({ volume: { name: 'data' } })
  await volumes.delete('v1')
  await volumes.delete('v1', { cascade: true })
  await volumes.delete('v1', { force: true })
  expect(cloud.calls('DELETE', `${CINDER}/volumes/v1`).map(({ query }) => query.toString())).toEqual([
    '',
    'cascade=true',
    'force=true',
  ])
})

test('actions are posted by their names', async () => {
  await using cloud = withVolumes(await ScriptedCloud.start())
  await using client = cloud.connect()
  const at = `${CINDER}/volumes/v1/action`
  cloud.on('POST', at, { status: 202 })
  const { actions } = client.blockStorage
  await actions.forceDelete('v1')
  await actions.extend('v1', 40)
  await actions.setBootable('v1', false)
  await actions.run('v1', 'os-retype', { new_type: 'hdd', migration_policy: 'never' })
  expect(cloud.calls('POST', at).map(({ body }) => body)).toEqual([
    '{"os-force_delete":{}}',
    '{"os-extend":{"new_size":40}}',
    '{"os-set_bootable":{"bootable":false}}',
    '{"os-retype":{"new_type":"hdd","migration_policy":"never"}}',
  ])
})

test.each([
  "VolumeLimitExceeded: Maximum number of volumes allowed (10) exceeded for quota 'volumes'.",
  'VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested 20G, quota is 10G and 0G has been consumed.',
  'SnapshotLimitExceeded: Maximum number of snapshots allowed (10) exceeded',
])('a 413 is about quota: %s', async (message) => {
  await using cloud = withVolumes(await ScriptedCloud.start())
  await using client = cloud.connect()
  cloud.on('POST', `${CINDER}/volumes`, {
    status: 413,
    headers: { 'retry-after': '0' },
    body: { overLimit: { code: 413, message, retryAfter: '0' } },
  })
  const error = await failureOf(client.blockStorage.volumes.create({ sizeGb: 20 }))
  expect(isQuotaExceeded(error)).toBe(true)
  expect(error).toMatchObject({ status: 413, retryable: false, fault: message })
})
