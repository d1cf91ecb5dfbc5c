import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
import { known } from '../known.ts'
import { ScriptedCloud } from '../scripted-cloud.ts'

// Answers as in the samples of the API reference.

const SERVER = '/compute/v2.1/servers/s1'

test('what was done to a server, and in which steps', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const stop = {
    action: 'stop',
    instance_uuid: 's1',
    message: 'Error',
    project_id: 'p',
    user_id: 'u',
    request_id: 'req-1',
    start_time: '2026-04-25T01:26:29.000000',
    updated_at: '2026-04-25T01:26:30.000000',
  }
  const event = {
    event: 'compute_stop_instance',
    start_time: '2026-04-25T01:26:29.000000',
    finish_time: null,
    result: null,
    hostId: 'h',
  }
  cloud.on('GET', `${SERVER}/os-instance-actions`, { body: { instanceActions: [stop] } })
  cloud.on('GET', `${SERVER}/os-instance-actions/req-1`, { body: { instanceAction: { ...stop, events: [event] } } })
  const { instanceActions } = client.compute
  const startedAt = '2026-04-25T01:26:29.000000Z'
  const who = { serverId: 's1', projectId: 'p', userId: 'u', requestId: 'req-1' }
  const told = { ...who, action: 'stop', message: 'Error', startedAt, events: [] }
  expect(known(await collect(instanceActions.list('s1')))).toEqual([told])
  const step = { event: 'compute_stop_instance', startedAt, finishedAt: null, result: null, details: null }
  expect(known(await instanceActions.show('s1', 'req-1'))).toEqual({ ...told, events: [step] })
})

test('ports come to a server and leave it', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const at = `${SERVER}/os-interface`
  const body = {
    port_id: 'p1',
    net_id: 'n1',
    mac_addr: 'fa:16:3e:4c:2c:30',
    port_state: 'ACTIVE',
    fixed_ips: [{ ip_address: '10.0.0.5', subnet_id: 'sub1' }],
  }
  cloud.on('GET', at, { body: { interfaceAttachments: [body] } })
  cloud.on('GET', `${at}/p1`, { body: { interfaceAttachment: body } })
  cloud.on('POST', at, { body: { interfaceAttachment: body } })
  cloud.on('DELETE', `${at}/p1`, { status: 202 })
  const { interfaces } = client.compute
  const port = {
    portId: 'p1',
    networkId: 'n1',
    mac: 'fa:16:3e:4c:2c:30',
    status: 'ACTIVE',
    fixedIps: [{ address: '10.0.0.5', subnetId: 'sub1' }],
  }
  expect(known(await interfaces.list('s1'))).toEqual([port])
  expect(known(await interfaces.show('s1', 'p1'))).toEqual(port)
  expect(known(await interfaces.attach('s1', { portId: 'p1' }))).toEqual(port)
  await interfaces.attach('s1', { networkId: 'n1', fixedIp: '10.0.0.5' })
  await interfaces.attach('s1', { networkId: 'n1' })
  expect(cloud.calls('POST', at).map((seen) => seen.body)).toEqual([
    '{"interfaceAttachment":{"port_id":"p1"}}',
    '{"interfaceAttachment":{"net_id":"n1","fixed_ips":[{"ip_address":"10.0.0.5"}]}}',
    '{"interfaceAttachment":{"net_id":"n1"}}',
  ])
  await interfaces.detach('s1', 'p1')
  expect(cloud.calls('DELETE', `${at}/p1`)).toHaveLength(1)
})
