import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { collect, isConflict, isNotFound } from '../../src/index.ts'
import { known } from '../known.ts'
import { failureOf } from '../failure.ts'
import { ScriptedCloud } from '../scripted-cloud.ts'
import { GLANCE } from './replies.ts'

const IMAGES = '/image/v2/images'
const hash = (content: string | Buffer) => createHash('sha256').update(content).digest('hex')
test('an image, with all further properties apart and nothing undeclared', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', `${IMAGES}/i1`, { body: GLANCE })
  expect(known(await client.image.images.show('i1'))).toEqual({
    id: 'i1',
    name: 'catalogue-software-2023-08-21',
    status: 'active',
    visibility: 'private',
    owner: 'p1',
    sizeBytes: 1234,
    virtualSizeBytes: null,
    minDiskGb: 20,
    minRamMb: 1024,
    diskFormat: 'qcow2',
    containerFormat: 'bare',
    checksum: 'abc',
    hashAlgorithm: 'sha512',
    hashValue: 'def',
    protected: false,
    hidden: false,
    tags: [],
    stores: [],
    createdAt: '2023-08-21T10:00:00Z',
    updatedAt: '2023-08-21T11:00:00Z',
    properties: { image_type: 'snapshot', os_distro: 'debian' },
  })
})

test('the list passes its filters on and follows next', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', IMAGES, (seen) =>
    seen.query.has('marker')
      ? { body: { images: [{ ...GLANCE, id: 'i2' }] } }
      : {
          body: {
            images: [GLANCE],
            first: '/v2/images',
            next: '/v2/images?marker=i1&visibility=shared&member_status=all',
          },
        },
  )
  const images = await collect(
    client.image.images.list({ visibility: 'shared', memberStatus: 'all', owner: 'p1', status: 'active' }),
  )
  expect(images.map(({ id }) => id)).toEqual(['i1', 'i2'])
  expect(cloud.calls('GET', IMAGES)[0]?.query.toString()).toBe(
    'visibility=shared&owner=p1&status=active&member_status=all',
  )
})

test('by name: exactly, all of them; a name that looks like an operator is quoted', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', IMAGES, {
    body: {
      images: [
        { ...GLANCE, name: 'in:a,b' },
        { ...GLANCE, id: 'i2', name: 'IN:A,B' },
        { ...GLANCE, id: 'i3', name: null },
      ],
    },
  })
  const found = await client.image.images.findByName('in:a,b')
  expect(found.map(({ id }) => id)).toEqual(['i1'])
  expect(cloud.calls('GET', IMAGES)[0]?.query.get('name')).toBe('in:"in:a,b"')
})

test('create, change by JSON patch, delete', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const { images } = client.image
  cloud.on('POST', IMAGES, { status: 201, body: { ...GLANCE, status: 'queued' } })
  cloud.on('PATCH', `${IMAGES}/i1`, { body: { ...GLANCE, visibility: 'shared' } })
  cloud.on('DELETE', `${IMAGES}/i1`, { status: 204 })
  await images.create({ name: 'n', diskFormat: 'qcow2', minDiskGb: 20, properties: { os_distro: 'debian' } })
  expect(cloud.json('POST', IMAGES)).toEqual({
    name: 'n',
    disk_format: 'qcow2',
    container_format: 'bare',
    min_disk: 20,
    os_distro: 'debian',
  })
  expect((await images.setVisibility('i1', 'shared')).visibility).toBe('shared')
  expect(cloud.json('PATCH', `${IMAGES}/i1`)).toEqual([{ op: 'replace', path: '/visibility', value: 'shared' }])
  expect(cloud.calls('PATCH', `${IMAGES}/i1`)[0]?.headers['content-type']).toBe(
    'application/openstack-images-v2.1-json-patch',
  )
  expect(await images.delete('i1')).toBeUndefined()
})

test('two megabytes go up as a stream', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const data = Buffer.from(randomBytes(1 << 20).toString('hex'))
  cloud.on('GET', `${IMAGES}/i1`, { body: { ...GLANCE, status: 'queued' } })
  cloud.on('PUT', `${IMAGES}/i1/file`, { status: 204 })
  await client.image.images.upload('i1', Readable.from([data.subarray(0, 1000), data.subarray(1000)]))
  const [put] = cloud.calls('PUT', `${IMAGES}/i1/file`)
  expect(put?.headers['content-type']).toBe('application/octet-stream')
  expect(put?.headers['transfer-encoding']).toBe('chunked')
  expect(hash(put?.body ?? '')).toBe(hash(data))
})

test('an upload is not repeated, and only a queued image gets data', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', `${IMAGES}/i1`, [
    { body: { ...GLANCE, status: 'queued' } },
    { body: { ...GLANCE, status: 'active' } },
  ])
  cloud.on('PUT', `${IMAGES}/i1/file`, { status: 503 })
  expect(await failureOf(client.image.images.upload('i1', Buffer.from('x')))).toMatchObject({ status: 503 })
  expect(cloud.calls('PUT', `${IMAGES}/i1/file`)).toHaveLength(1)
  expect(isConflict(await failureOf(client.image.images.upload('i1', Buffer.from('x'))))).toBe(true)
})

test('data come down as a stream; an image without data has none', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', `${IMAGES}/i1/file`, [
    { headers: { 'content-type': 'application/octet-stream' }, body: 'the data' },
    { status: 204 },
  ])
  const data = await buffer(await client.image.images.download('i1'))
  expect(data.toString()).toBe('the data')
  expect(isNotFound(await failureOf(client.image.images.download('i1')))).toBe(true)
})

test('sharing: create, show, accept, list, delete; a second time is a conflict', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const { members } = client.image
  const at = `${IMAGES}/i1/members`
  const member = {
    image_id: 'i1',
    member_id: 'p2',
    status: 'pending',
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    schema: '/v2/schemas/member',
  }
  const conflict =
    '<html><head><title>409 Conflict</title></head><body><h1>409 Conflict</h1>Duplicate image member<br /><br /></body></html>'
  cloud.on('POST', at, [{ body: member }, { status: 409, body: conflict }])
  cloud.on('GET', `${at}/p2`, { body: member })
  cloud.on('PUT', `${at}/p2`, { body: { ...member, status: 'accepted' } })
  cloud.on('GET', at, { body: { members: [member], schema: '/v2/schemas/members' } })
  cloud.on('DELETE', `${at}/p2`, { status: 204 })
  expect(await members.create('i1', 'p2')).toMatchObject({ imageId: 'i1', memberId: 'p2', status: 'pending' })
  expect(cloud.json('POST', at)).toEqual({ member: 'p2' })
  const again = await failureOf(members.create('i1', 'p2'))
  expect(isConflict(again)).toBe(true)
  expect(again).toMatchObject({ fault: 'Duplicate image member', service: 'image' })
  expect((await members.show('i1', 'p2')).status).toBe('pending')
  expect((await members.update('i1', 'p2', 'accepted')).status).toBe('accepted')
  expect(cloud.json('PUT', `${at}/p2`)).toEqual({ status: 'accepted' })
  expect(await collect(members.list('i1'))).toHaveLength(1)
  expect(await members.delete('i1', 'p2')).toBeUndefined()
})
