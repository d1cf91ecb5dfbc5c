import { expect, test } from 'vitest'
import type { OpenStack, ServerChange, ServerCreate, ServerRebuild } from '../../src/index.ts'
import { exchange, routes } from '../exchange.ts'
import { failureOf } from '../failure.ts'
import { PROJECT_ID, ScriptedCloud } from '../scripted-cloud.ts'

const S1 = '/compute/v2.1/servers/s1'
const NEWEST = { computeMicroversion: { wanted: 'latest' } }
const body = { server: { id: 's1', name: 'vm', status: 'ACTIVE', tenant_id: PROJECT_ID } }

test('tags of a server', async () => {
  const listed = await exchange(`GET ${S1}/tags`, { body: { tags: ['a'] } }, ({ compute }) => compute.tags.list('s1'))
  expect(listed.result).toEqual(['a'])
  const replaced = await exchange(`PUT ${S1}/tags`, { body: { tags: ['b'] } }, ({ compute }) =>
    compute.tags.replace('s1', ['b']),
  )
  expect([replaced.sent, replaced.result]).toEqual([{ tags: ['b'] }, ['b']])
  expect(
    await routes(async ({ compute: { tags } }) => {
      await tags.add('s1', 'c d')
      expect(await tags.has('s1', 'c d')).toBe(true)
      await tags.remove('s1', 'c d')
      await tags.clear('s1')
    }),
  ).toEqual([`PUT ${S1}/tags/c%20d`, `GET ${S1}/tags/c%20d`, `DELETE ${S1}/tags/c%20d`, `DELETE ${S1}/tags`])
})

test('a tag that is not there', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  expect(await client.compute.tags.has('s1', 'x')).toBe(false)
})

test('metadata: one key, all of them', async () => {
  const { metadata } = { metadata: { a: '1' } }
  const one = await exchange(`GET ${S1}/metadata/a`, { body: { meta: metadata } }, ({ compute }) =>
    compute.metadata.showKey('s1', 'a'),
  )
  expect(one.result).toBe('1')
  const all = await exchange(`PUT ${S1}/metadata`, { body: { metadata } }, ({ compute }) =>
    compute.metadata.replace('s1', metadata),
  )
  expect([all.sent, all.result]).toEqual([{ metadata }, metadata])
})

test('what Nova knows of a server is changed', async () => {
  const change: ServerChange = {
    name: 'renamed',
    description: null,
    hostname: 'vm1',
    accessIpv4: '192.0.2.1',
    accessIpv6: '2001:db8::1',
    diskConfig: 'AUTO',
  }
  const { sent, result } = await exchange(
    `PUT ${S1}`,
    { body },
    ({ compute }) => compute.servers.update('s1', change),
    NEWEST,
  )
  expect(result.id).toBe('s1')
  expect(sent).toEqual({
    server: {
      name: 'renamed',
      description: null,
      hostname: 'vm1',
      accessIPv4: '192.0.2.1',
      accessIPv6: '2001:db8::1',
      'OS-DCF:diskConfig': 'AUTO',
    },
  })
})

test('a rebuild names what shall be otherwise, and nothing else', async () => {
  const rebuild: ServerRebuild = {
    name: 'anew',
    userData: '#!/bin/sh',
    keyName: null,
    hostname: 'vm2',
    metadata: { a: 'b' },
  }
  const answer = { status: 202, body: { server: { ...body.server, adminPass: 'sesame' } } }
  const { sent, result } = await exchange(
    `POST ${S1}/action`,
    answer,
    ({ compute }) => compute.actions.rebuild('s1', 'i2', rebuild),
    NEWEST,
  )
  expect(result).toEqual({ adminPassword: 'sesame' })
  expect(sent).toEqual({
    rebuild: {
      imageRef: 'i2',
      name: 'anew',
      metadata: { a: 'b' },
      user_data: Buffer.from('#!/bin/sh').toString('base64'),
      key_name: null,
      hostname: 'vm2',
    },
  })
  const plain = await exchange(`POST ${S1}/action`, { status: 202, body }, ({ compute }) =>
    compute.actions.rebuild('s1', 'i2'),
  )
  expect([plain.sent, plain.result]).toEqual([{ rebuild: { imageRef: 'i2' } }, { adminPassword: null }])
})

test('to other hosts, backups, crashes', async () => {
  expect(
    await routes(async ({ compute: { actions } }) => {
      await actions.migrate('s1')
      await actions.migrate('s1', 'h2')
      await actions.liveMigrate('s1')
      await actions.liveMigrate('s1', 'h2')
      await actions.evacuate('s1', 'h2')
      await actions.createBackup('s1', { name: 'nightly', kind: 'daily', keep: 7 })
      await actions.triggerCrashDump('s1')
    }),
  ).toEqual(
    [
      '{"migrate":null}',
      '{"migrate":{"host":"h2"}}',
      '{"os-migrateLive":{"host":null,"block_migration":"auto"}}',
      '{"os-migrateLive":{"host":"h2","block_migration":"auto"}}',
      '{"evacuate":{"host":"h2"}}',
      '{"createBackup":{"name":"nightly","backup_type":"daily","rotation":7}}',
      '{"trigger_crash_dump":null}',
    ].map((sent) => `POST ${S1}/action ${sent}`),
  )
})

test('a console for a browser, whose address does not print', async () => {
  const remote_console = { protocol: 'vnc', type: 'novnc', url: 'http://example:6080/vnc_auto.html?token=abc' }
  const { sent, result } = await exchange(`POST ${S1}/remote-consoles`, { body: { remote_console } }, ({ compute }) =>
    compute.consoles.open('s1', 'novnc'),
  )
  expect(sent).toEqual({ remote_console: { protocol: 'vnc', type: 'novnc' } })
  expect([result.reveal(), String(result)]).toEqual([remote_console.url, '[secret]'])
})

test('whether a volume goes with its server, and another volume in its place', async () => {
  const at = `PUT ${S1}/os-volume_attachments/v1`
  expect(
    await routes(async ({ compute: { volumeAttachments } }) => {
      await volumeAttachments.setDeleteOnTermination('s1', 'v1', true)
      await volumeAttachments.swap('s1', 'v1', 'v2')
    }, NEWEST),
  ).toEqual([
    `${at} {"volumeAttachment":{"volumeId":"v1","delete_on_termination":true}}`,
    `${at} {"volumeAttachment":{"volumeId":"v2"}}`,
  ])
})

test('a server of many devices', async () => {
  const { sent } = await exchange(
    'POST /compute/v2.1/servers',
    { status: 202, body: { server: { id: 's1' } } },
    ({ compute }) =>
      compute.servers.create({
        name: 'vm',
        flavorId: 'f',
        configDrive: true,
        accessIpv4: '192.0.2.1',
        accessIpv6: '2001:db8::1',
        networks: [{ networkId: 'n1', tag: 'data' }],
        blockDevices: [
          { sourceType: 'image', destinationType: 'local', sourceId: 'i1', bootIndex: 0 },
          { sourceType: 'blank', destinationType: 'local', sizeGb: 2, guestFormat: 'swap', bootIndex: -1 },
          {
            sourceType: 'snapshot',
            destinationType: 'volume',
            sourceId: 'n1',
            deviceType: 'cdrom',
            diskBus: 'ide',
            tag: 'cd',
          },
        ],
      }),
  )
  expect(sent).toMatchObject({
    server: {
      config_drive: true,
      accessIPv4: '192.0.2.1',
      accessIPv6: '2001:db8::1',
      networks: [{ uuid: 'n1', tag: 'data' }],
      block_device_mapping_v2: [
        { source_type: 'image', destination_type: 'local', uuid: 'i1', boot_index: 0 },
        { source_type: 'blank', destination_type: 'local', volume_size: 2, guest_format: 'swap', boot_index: -1 },
        {
          source_type: 'snapshot',
          destination_type: 'volume',
          uuid: 'n1',
          device_type: 'cdrom',
          disk_bus: 'ide',
          tag: 'cd',
        },
      ],
    },
  })
})

const server: ServerCreate = { name: 'vm', flavorId: 'f' }
const tooNew: [string, (client: OpenStack) => Promise<unknown>][] = [
  ['2.5', ({ compute }) => compute.consoles.open('s1', 'novnc')],
  ['2.7', ({ compute }) => compute.consoles.open('s1', 'webmks')],
  ['2.13', ({ compute }) => compute.actions.evacuate('s1')],
  ['2.16', ({ compute }) => compute.actions.triggerCrashDump('s1')],
  ['2.18', ({ compute }) => compute.servers.update('s1', { description: 'x' })],
  ['2.18', ({ compute }) => compute.actions.rebuild('s1', 'i1', { description: 'x' })],
  ['2.24', ({ compute }) => compute.actions.liveMigrate('s1')],
  ['2.25', ({ compute }) => compute.tags.list('s1')],
  ['2.41', ({ compute }) => compute.servers.create({ ...server, networks: [{ networkId: 'n', tag: 'x' }] })],
  ['2.48', ({ compute }) => compute.volumeAttachments.attach('s1', { volumeId: 'v', tag: 'x' })],
  ['2.53', ({ compute }) => compute.actions.rebuild('s1', 'i1', { keyName: 'k' })],
  ['2.54', ({ compute }) => compute.flavors.describe('f', 'x')],
  ['2.54', ({ compute }) => compute.flavors.create({ name: 'f', vcpus: 1, ramMb: 1, diskGb: 1, description: 'x' })],
  ['2.55', ({ compute }) => compute.actions.migrate('s1', 'h2')],
  ['2.56', ({ compute }) => compute.actions.rebuild('s1', 'i1', { userData: 'x' })],
  ['2.62', ({ compute }) => compute.actions.rebuild('s1', 'i1', { trustedCertificates: ['c'] })],
  ['2.78', ({ compute }) => compute.volumeAttachments.attach('s1', { volumeId: 'v', deleteOnTermination: true })],
  ['2.84', ({ compute }) => compute.volumeAttachments.setDeleteOnTermination('s1', 'v', true)],
  ['2.89', ({ compute }) => compute.servers.update('s1', { hostname: 'x' })],
  ['2.89', ({ compute }) => compute.actions.rebuild('s1', 'i1', { hostname: 'x' })],
]

test.each(tooNew)('what %s does not know is not sent (%#)', async (max, call) => {
  await using cloud = await ScriptedCloud.start()
  cloud.microversions = { min: '2.1', max }
  await using client = cloud.connect(NEWEST)
  const failure = await failureOf(call(client))
  expect(failure).toMatchObject({ code: 'MicroversionUnsupported', service: 'compute' })
  const [, minor = ''] = max.split('.')
  expect(failure).toMatchObject({
    message: expect.stringMatching(
      new RegExp(`needs microversion 2\\.${Number(minor) + 1}, this client uses ${max}; connect`),
    ),
  })
  expect(cloud.seen.every(({ path }) => path === '/identity/v3/auth/tokens' || path === '/compute/v2.1/')).toBe(true)
})
