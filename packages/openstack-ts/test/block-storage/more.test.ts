import { expect, test } from 'vitest'
import { collect, Secret, type OpenStack } from '../../src/index.ts'
import { failureOf } from '../failure.ts'
import { known } from '../known.ts'
import { PROJECT_ID, ScriptedCloud, type Answer } from '../scripted-cloud.ts'
import { CINDER, withVolumes } from './with-volumes.ts'

// Answers as in the samples of the API reference: https://docs.openstack.org/api-ref/block-storage/v3/

/** What came of calls to a cloud that answers these routes, and what each was sent. */
async function against<T>(
  answers: Readonly<Record<string, Answer>>,
  call: (client: OpenStack) => Promise<T>,
  max = '3.71',
): Promise<{ result: T; sent: string[] }> {
  await using cloud = withVolumes(await ScriptedCloud.start(), 'block-storage', max)
  await using client = cloud.connect({ blockStorageMicroversion: { wanted: 'latest' } })
  for (const [route, answer] of Object.entries(answers)) {
    const [method = '', path = ''] = route.split(' ')
    cloud.on(method, `${CINDER}${path}`, answer)
  }
  const result = await call(client)
  const asked = cloud.seen.filter(({ path }) => path.startsWith(CINDER))
  const sent = asked.map(({ method, path, query, body }) => {
    const search = query.size > 0 ? `?${query.toString()}` : ''
    return `${method} ${path.slice(CINDER.length)}${search} ${body}`.trim()
  })
  return { result, sent }
}

const gone = { status: 202 }

test('metadata of a volume', async () => {
  const metadata = { for: 'us' }
  const { result, sent } = await against(
    {
      'GET /volumes/v1/metadata': { body: { metadata } },
      'POST /volumes/v1/metadata': { body: { metadata } },
      'PUT /volumes/v1/metadata': { body: { metadata } },
      'DELETE /volumes/v1/metadata/for': { status: 200 },
    },
    async ({ blockStorage: { metadata: of } }) => [
      await of.show('v1'),
      await of.update('v1', metadata),
      await of.replace('v1', metadata),
      await of.deleteKey('v1', 'for'),
    ],
  )
  expect(result).toEqual([metadata, metadata, metadata, undefined])
  expect(sent.slice(1)).toEqual([
    'POST /volumes/v1/metadata {"metadata":{"for":"us"}}',
    'PUT /volumes/v1/metadata {"metadata":{"for":"us"}}',
    'DELETE /volumes/v1/metadata/for',
  ])
})

test('further actions on volumes and snapshots', async () => {
  const { sent } = await against(
    { 'POST /volumes/v1/action': gone, 'POST /snapshots/n1/action': gone },
    async ({ blockStorage: { actions, snapshots } }) => {
      await actions.retype('v1', 'ssd')
      await actions.retype('v1', 'ssd', true)
      await actions.revert('v1', 'n1')
      await actions.resetStatus('v1', 'available')
      await snapshots.forceDelete('n1')
      await snapshots.resetStatus('n1', 'error')
    },
  )
  expect(sent).toEqual([
    'POST /volumes/v1/action {"os-retype":{"new_type":"ssd","migration_policy":"never"}}',
    'POST /volumes/v1/action {"os-retype":{"new_type":"ssd","migration_policy":"on-demand"}}',
    'POST /volumes/v1/action {"revert":{"snapshot_id":"n1"}}',
    'POST /volumes/v1/action {"os-reset_status":{"status":"available"}}',
    'POST /snapshots/n1/action {"os-force_delete":{}}',
    'POST /snapshots/n1/action {"os-reset_status":{"status":"error"}}',
  ])
})

test('an image of a volume', async () => {
  const body = { 'os-volume_upload_image': { id: 'v1', image_id: 'i9', image_name: 'copy', status: 'uploading' } }
  const { result, sent } = await against({ 'POST /volumes/v1/action': { status: 202, body } }, ({ blockStorage }) =>
    blockStorage.actions.uploadToImage('v1', { name: 'copy', diskFormat: 'qcow2', visibility: 'shared', force: true }),
  )
  expect(result).toEqual({ imageId: 'i9' })
  expect(sent).toEqual([
    'POST /volumes/v1/action {"os-volume_upload_image":{"image_name":"copy","disk_format":"qcow2","visibility":"shared","force":true}}',
  ])
})

test('volumes of backups, and where they shall be', async () => {
  const volume = { id: 'v1', status: 'creating', size: 20 }
  const { sent } = await against({ 'POST /volumes': { status: 202, body: { volume } } }, ({ blockStorage }) =>
    blockStorage.volumes.create({ sizeGb: 20, backupId: 'b1', schedulerHints: { different_host: ['v0'] } }),
  )
  expect(sent).toEqual([
    'POST /volumes {"volume":{"size":20,"backup_id":"b1"},"OS-SCH-HNT:scheduler_hints":{"different_host":["v0"]}}',
  ])
})

test('backups', async () => {
  const backup = {
    id: 'b1',
    name: 'nightly',
    description: null,
    status: 'available',
    volume_id: 'v1',
    snapshot_id: null,
    size: 20,
    is_incremental: true,
    has_dependent_backups: false,
    fail_reason: null,
    object_count: 22,
    created_at: '2026-01-01T00:00:00.000000',
    updated_at: null,
  }
  const view = {
    id: 'b1',
    name: 'nightly',
    description: null,
    status: 'available',
    volumeId: 'v1',
    snapshotId: null,
    sizeGb: 20,
    incremental: true,
    hasDependents: false,
    failReason: null,
    createdAt: '2026-01-01T00:00:00.000000Z',
    updatedAt: null,
  }
  const restore = { backup_id: 'b1', volume_id: 'v2', volume_name: 'restored' }
  const { result, sent } = await against(
    {
      'GET /backups/detail': { body: { backups: [backup] } },
      'GET /backups/b1': { body: { backup } },
      'POST /backups': { status: 202, body: { backup: { id: 'b1', name: 'nightly', links: [] } } },
      'POST /backups/b1/restore': { status: 202, body: { restore } },
      'DELETE /backups/b1': gone,
    },
    async ({ blockStorage: { backups } }) => [
      await collect(backups.list({ volumeId: 'v1' })),
      await backups.show('b1'),
      await backups.create({ volumeId: 'v1', name: 'nightly', incremental: true, metadata: { a: 'b' } }),
      await backups.restore('b1'),
      await backups.restore('b1', 'v2'),
      await backups.delete('b1'),
    ],
  )
  const restored = { volumeId: 'v2' }
  expect(known(result)).toEqual([[view], view, { id: 'b1' }, restored, restored, undefined])
  expect(sent).toEqual([
    'GET /backups/detail?volume_id=v1',
    'GET /backups/b1',
    'POST /backups {"backup":{"name":"nightly","incremental":true,"volume_id":"v1","metadata":{"a":"b"}}}',
    'POST /backups/b1/restore {"restore":{}}',
    'POST /backups/b1/restore {"restore":{"volume_id":"v2"}}',
    'DELETE /backups/b1',
  ])
})

test.each([
  ['3.54', '/os-volume-transfer'],
  ['3.55', '/volume-transfers'],
])('a volume changes hands, at %s by way of %s', async (max, at) => {
  const transfer = { id: 't1', name: 'gift', volume_id: 'v1', created_at: '2026-01-01T00:00:00.000000', links: [] }
  const view = { id: 't1', name: 'gift', volumeId: 'v1', createdAt: '2026-01-01T00:00:00.000000Z' }
  const { result, sent } = await against(
    {
      [`POST ${at}`]: { status: 202, body: { transfer: { ...transfer, auth_key: 'sesame' } } },
      [`GET ${at}/detail`]: { body: { transfers: [transfer] } },
      [`GET ${at}/t1`]: { body: { transfer } },
      [`POST ${at}/t1/accept`]: { status: 202, body: { transfer: { id: 't1', name: 'gift', volume_id: 'v1' } } },
      [`DELETE ${at}/t1`]: gone,
    },
    async ({ blockStorage: { transfers } }) => {
      const { key, ...offer } = await transfers.create('v1', 'gift')
      expect([key.reveal(), String(key)]).toEqual(['sesame', '[secret]'])
      const accepted = await transfers.accept('t1', new Secret('sesame'))
      return [
        offer,
        await collect(transfers.list()),
        await transfers.show('t1'),
        accepted,
        await transfers.delete('t1'),
      ]
    },
    max,
  )
  expect(known(result)).toEqual([view, [view], view, { volumeId: 'v1' }, undefined])
  expect(sent.slice(0, 2)).toEqual([
    `POST ${at} {"transfer":{"volume_id":"v1","name":"gift"}}`,
    `POST ${at}/t1/accept {"accept":{"auth_key":"sesame"}}`,
  ])
})

test('types, zones, and snapshots by another name', async () => {
  const type = { id: 't1', name: 'ssd', is_public: false, description: 'fast', extra_specs: { a: 'b' } }
  const snapshot = { id: 'n1', name: 'after', status: 'available', volume_id: 'v1', size: 1 }
  const { result, sent } = await against(
    {
      'GET /types/t1': { body: { volume_type: type } },
      'GET /types/default': { body: { volume_type: type } },
      'GET /os-availability-zone': {
        body: { availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available: true } }] },
      },
      'PUT /snapshots/n1': { body: { snapshot } },
    },
    async ({ blockStorage: { types, availabilityZones, snapshots } }) => [
      await types.show('t1'),
      await types.default(),
      await availabilityZones.list(),
      (await snapshots.update('n1', { name: 'after' })).name,
    ],
  )
  const ssd = { id: 't1', name: 'ssd', description: 'fast', isPublic: false, extraSpecs: { a: 'b' } }
  expect(known(result)).toEqual([ssd, ssd, [{ name: 'nova', available: true }], 'after'])
  expect(sent.at(-1)).toBe('PUT /snapshots/n1 {"snapshot":{"name":"after"}}')
})

test('quotas: limits, defaults, set and reset', async () => {
  const body = { quota_set: { id: 'p2', volumes: 10, gigabytes: -1, volumes_ssd: 5 } }
  const limits = { volumes: 10, gigabytes: null, volumes_ssd: 5 }
  const { result, sent } = await against(
    {
      'GET /os-quota-sets/p2': { body },
      [`GET /os-quota-sets/${PROJECT_ID}/defaults`]: { body },
      'PUT /os-quota-sets/p2': { body },
      'DELETE /os-quota-sets/p2': { status: 200 },
    },
    async ({ blockStorage: { quotas } }) => [
      await quotas.limits('p2'),
      await quotas.defaults(),
      await quotas.update('p2', { volumes: 10, gigabytes: null }),
      await quotas.reset('p2'),
    ],
  )
  expect(result).toEqual([limits, limits, limits, undefined])
  expect(sent[2]).toBe('PUT /os-quota-sets/p2 {"quota_set":{"volumes":10,"gigabytes":-1}}')
})

const tooNew: [string, (client: OpenStack) => Promise<unknown>][] = [
  ['3.0', ({ blockStorage }) => blockStorage.actions.uploadToImage('v', { name: 'i', protected: true })],
  ['3.22', ({ blockStorage }) => blockStorage.volumes.delete('v', { force: true })],
  ['3.39', ({ blockStorage }) => blockStorage.actions.revert('v', 'n')],
  ['3.42', ({ blockStorage }) => blockStorage.backups.create({ volumeId: 'v', metadata: {} })],
  ['3.46', ({ blockStorage }) => blockStorage.volumes.create({ sizeGb: 1, backupId: 'b' })],
]

test.each(tooNew)('what %s does not know is not sent', async (max, call) => {
  await using cloud = withVolumes(await ScriptedCloud.start(), 'block-storage', max)
  await using client = cloud.connect()
  expect(await failureOf(call(client))).toMatchObject({ code: 'MicroversionUnsupported', service: 'block-storage' })
  expect(cloud.seen.some(({ path }) => path.startsWith(CINDER))).toBe(false)
})
