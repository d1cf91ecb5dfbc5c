import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
import { known } from '../known.ts'
import { failureOf } from '../failure.ts'
import { ScriptedCloud } from '../scripted-cloud.ts'

const SERVERS = '/compute/v2.1/servers'
const AT = `${SERVERS}/s1/os-volume_attachments`
const attachment = { id: 'v1', volumeId: 'v1', serverId: 's1', device: '/dev/vdb', tag: null }

test('volumes of a server: attach, list, show, detach', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('POST', AT, { body: { volumeAttachment: { ...attachment, delete_on_termination: true } } })
  cloud.on('GET', AT, { body: { volumeAttachments: [attachment] } })
  cloud.on('GET', `${AT}/v1`, { body: { volumeAttachment: { ...attachment, delete_on_termination: false } } })
  cloud.on('DELETE', `${AT}/v1`, { status: 202 })
  const { volumeAttachments } = client.compute
  const wish = { volumeId: 'v1', deleteOnTermination: true }
  expect((await volumeAttachments.attach('s1', wish)).deleteOnTermination).toBe(true)
  expect(cloud.json('POST', AT)).toEqual({ volumeAttachment: { volumeId: 'v1', delete_on_termination: true } })
  expect(known(await collect(volumeAttachments.list('s1')))).toEqual([
    { volumeId: 'v1', serverId: 's1', device: '/dev/vdb', deleteOnTermination: null, tag: null },
  ])
  expect((await volumeAttachments.show('s1', 'v1')).deleteOnTermination).toBe(false)
  expect(await volumeAttachments.detach('s1', 'v1')).toBeUndefined()
})

test('a volume type that Nova would not know of is refused here', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('POST', SERVERS, { status: 202, body: { server: { id: 's1' } } })
  const device = { sourceType: 'image', destinationType: 'volume', sourceId: 'i1', bootIndex: 0, sizeGb: 8 } as const
  const wish = { name: 'vm', flavorId: 'f', blockDevices: [{ ...device, volumeType: 'ssd' }] }
  await client.compute.servers.create(wish)
  expect(cloud.json('POST', SERVERS)).toMatchObject({
    server: { block_device_mapping_v2: [{ volume_size: 8, volume_type: 'ssd' }] },
  })
  cloud.microversions = { min: '2.1', max: '2.66' }
  await using old = cloud.connect()
  expect(await failureOf(old.compute.servers.create(wish))).toMatchObject({
    code: 'InvalidRequest',
    message: expect.stringContaining('2.67'),
  })
  expect(cloud.calls('POST', SERVERS)).toHaveLength(1)
})
