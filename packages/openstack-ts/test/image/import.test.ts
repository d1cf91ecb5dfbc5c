import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
import { known } from '../known.ts'
import { failureOf } from '../failure.ts'
import { exchange, routes } from '../exchange.ts'
import { ScriptedCloud } from '../scripted-cloud.ts'
import { GLANCE, STORES, TASK } from './replies.ts'

const GLANCE_URL = '/image/v2'
const AT = `${GLANCE_URL}/images/i1`

test('import from the web, and from another region, into the stores that are named', async () => {
  const web = await exchange(`POST ${AT}/import`, { status: 202 }, (client) =>
    client.image.images.import('i1', {
      method: 'web-download',
      uri: 'https://example.org/debian.qcow2',
      stores: ['fast', 'reliable'],
      allStoresMustSucceed: false,
    }),
  )
  expect(web.sent).toEqual({
    method: { name: 'web-download', uri: 'https://example.org/debian.qcow2' },
    stores: ['fast', 'reliable'],
    all_stores_must_succeed: false,
  })
  const region = await exchange(`POST ${AT}/import`, { status: 202 }, (client) =>
    client.image.images.import('i1', { method: 'glance-download', imageId: 'i9', region: 'Two' }),
  )
  expect(region.sent).toEqual({ method: { name: 'glance-download', glance_image_id: 'i9', glance_region: 'Two' } })
  const copy = await exchange(`POST ${AT}/import`, { status: 202 }, (client) =>
    client.image.images.import('i1', { method: 'copy-image', allStores: true }),
  )
  expect(copy.sent).toEqual({ method: { name: 'copy-image' }, all_stores: true })
})

test('staged data are imported by glance-direct', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', AT, { body: { ...GLANCE, status: 'queued' } })
  cloud.on('PUT', `${AT}/stage`, { status: 204 })
  cloud.on('POST', `${AT}/import`, { status: 202 })
  expect(await client.image.images.stage('i1', Buffer.from('data'))).toEqual({ bytes: 4, hash: null })
  expect(cloud.calls('PUT', `${AT}/stage`)[0]).toMatchObject({
    body: 'data',
    headers: { 'content-type': 'application/octet-stream' },
  })
  await client.image.images.import('i1', { method: 'glance-direct' })
  expect(cloud.json('POST', `${AT}/import`)).toEqual({ method: { name: 'glance-direct' } })
})

test('an import that the state of the image forbids is a conflict', async () => {
  const refused = exchange(`POST ${AT}/import`, { status: 409, body: '<title>409 Conflict</title>' }, (client) =>
    client.image.images.import('i1', { method: 'glance-direct' }),
  )
  expect(await failureOf(refused)).toMatchObject({ code: 'Conflict', service: 'image' })
})

test('which methods there are', async () => {
  const body = {
    'import-methods': {
      description: 'Import methods available.',
      type: 'array',
      value: ['glance-direct', 'web-download'],
    },
  }
  const { result } = await exchange(`GET ${GLANCE_URL}/info/import`, { body }, ({ image }) =>
    image.info.importMethods(),
  )
  expect(result).toEqual(['glance-direct', 'web-download'])
})

test('stores; the default one and the read-only one are marked by texts', async () => {
  const { result } = await exchange(`GET ${GLANCE_URL}/info/stores`, { body: STORES }, ({ image }) =>
    image.info.stores(),
  )
  expect(known(result)).toEqual([
    { id: 'reliable', description: 'Reliable filesystem store', isDefault: false, readOnly: false },
    { id: 'fast', description: 'Fast access to rbd store', isDefault: true, readOnly: false },
    { id: 'http', description: null, isDefault: false, readOnly: true },
  ])
})

test('what the project uses; -1 is no limit', async () => {
  const body = { usage: { image_size_total: { limit: 10000, usage: 15 }, image_count_total: { limit: -1, usage: 2 } } }
  const { result } = await exchange(`GET ${GLANCE_URL}/info/usage`, { body }, ({ image }) => image.info.usage())
  expect(result).toEqual({ image_size_total: { limit: 10000, used: 15 }, image_count_total: { limit: null, used: 2 } })
})

test('tasks: of an image, one, and all of a kind', async () => {
  const task = {
    id: TASK.id,
    type: 'api_image_import',
    status: 'processing',
    imageId: 'i1',
    owner: TASK.owner,
    message: 'Copied 15 MiB',
    input: TASK.input,
    result: {},
    createdAt: '2020-05-14T13:33:37.000000Z',
    updatedAt: '2020-05-14T13:33:37.000000Z',
    expiresAt: '2020-05-16T13:33:37.000000Z',
  }
  const ofImage = await exchange(`GET ${AT}/tasks`, { body: { tasks: [TASK] } }, ({ image }) =>
    image.tasks.ofImage('i1'),
  )
  expect(known(ofImage.result)).toEqual([task])
  const shown = await exchange(`GET ${GLANCE_URL}/tasks/${TASK.id}`, { body: TASK }, ({ image }) =>
    image.tasks.show(TASK.id),
  )
  expect(known(shown.result)).toEqual(task)
  const { input: _, result: __, message: ___, image_id: ____, ...listed } = TASK
  const list = await exchange(`GET ${GLANCE_URL}/tasks`, { body: { tasks: [listed] } }, ({ image }) =>
    collect(image.tasks.list({ status: 'processing', type: 'api_image_import' })),
  )
  expect(list.query).toBe('status=processing&type=api_image_import')
  expect(list.result).toMatchObject([{ id: TASK.id, imageId: null, message: null }])
})

test('tags, states, and data in one store', async () => {
  const asked = await routes(async ({ image: { tags, images } }) => {
    await tags.add('i1', 'batch/gpu')
    await tags.remove('i1', 'batch')
    await images.deactivate('i1')
    await images.reactivate('i1')
    await images.deleteFromStore('i1', 'fast')
  })
  expect(asked).toEqual([
    `PUT ${AT}/tags/batch%2Fgpu`,
    `DELETE ${AT}/tags/batch`,
    `POST ${AT}/actions/deactivate`,
    `POST ${AT}/actions/reactivate`,
    `DELETE ${GLANCE_URL}/stores/fast/i1`,
  ])
})

test('create with all that Glance lets one say', async () => {
  const { sent } = await exchange(`POST ${GLANCE_URL}/images`, { status: 201, body: GLANCE }, ({ image }) =>
    image.images.create({
      id: 'i1',
      name: 'n',
      diskFormat: 'raw',
      containerFormat: 'bare',
      visibility: 'shared',
      minDiskGb: 20,
      minRamMb: 512,
      protected: true,
      hidden: true,
      owner: 'p2',
      tags: ['batch'],
      properties: { hw_disk_bus: 'scsi' },
    }),
  )
  expect(sent).toEqual({
    id: 'i1',
    name: 'n',
    disk_format: 'raw',
    container_format: 'bare',
    visibility: 'shared',
    min_disk: 20,
    min_ram: 512,
    protected: true,
    os_hidden: true,
    owner: 'p2',
    tags: ['batch'],
    hw_disk_bus: 'scsi',
  })
})
