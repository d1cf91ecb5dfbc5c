import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
import { PROJECT_ID, ScriptedCloud } from '../scripted-cloud.ts'

const NEUTRON = '/network/v2.0'

test('networks', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const network = {
    id: 'n1',
    name: 'ext',
    status: 'ACTIVE',
    tenant_id: 'p',
    project_id: 'p',
    shared: true,
    'router:external': true,
    subnets: ['s1'],
    mtu: 1500,
    admin_state_up: true,
  }
  cloud.on('GET', `${NEUTRON}/networks`, { body: { networks: [network] } })
  cloud.on('GET', `${NEUTRON}/networks/n1`, { body: { network: { id: 'n1', name: 'bare' } } })
  expect(await collect(client.network.networks.list({ external: true, name: 'ext' }))).toMatchObject([
    {
      id: 'n1',
      name: 'ext',
      status: 'ACTIVE',
      projectId: 'p',
      shared: true,
      external: true,
      subnetIds: ['s1'],
      mtu: 1500,
    },
  ])
  expect(cloud.calls('GET', `${NEUTRON}/networks`)[0]?.query.toString()).toBe('name=ext&router%3Aexternal=true')
  expect(await client.network.networks.show('n1')).toMatchObject({ name: 'bare', external: false, mtu: null })
})

test('the ports of a server', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const port = {
    id: 'p1',
    name: '',
    network_id: 'n1',
    device_id: 's1',
    device_owner: 'compute:nova',
    project_id: 'p',
    status: 'ACTIVE',
    mac_address: 'fa:16',
    fixed_ips: [{ subnet_id: 'sub', ip_address: '10.0.0.5' }],
    security_groups: ['g1'],
  }
  cloud.on('GET', `${NEUTRON}/ports`, { body: { ports: [port] } })
  cloud.on('GET', `${NEUTRON}/ports/p1`, { body: { port: { ...port, device_id: '' } } })
  cloud.on('DELETE', `${NEUTRON}/ports/p1`, { status: 204 })
  expect(await collect(client.network.ports.list({ deviceId: 's1' }))).toMatchObject([
    {
      id: 'p1',
      name: null,
      networkId: 'n1',
      deviceId: 's1',
      deviceOwner: 'compute:nova',
      projectId: 'p',
      status: 'ACTIVE',
      macAddress: 'fa:16',
      fixedIps: [{ subnetId: 'sub', address: '10.0.0.5' }],
      securityGroupIds: ['g1'],
    },
  ])
  expect(cloud.calls('GET', `${NEUTRON}/ports`)[0]?.query.toString()).toBe('device_id=s1')
  expect((await client.network.ports.show('p1')).deviceId).toBeNull()
  expect(await client.network.ports.delete('p1')).toBeUndefined()
})

test('floating IPs: create, assign, take away, list, delete', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const floatingip = {
    id: 'f1',
    floating_ip_address: '206.12.1.2',
    floating_network_id: 'ext',
    port_id: null,
    fixed_ip_address: null,
    status: 'DOWN',
    project_id: 'p',
    description: '',
    router_id: null,
  }
  const at = `${NEUTRON}/floatingips`
  cloud.on('POST', at, { status: 201, body: { floatingip } })
  cloud.on('PUT', `${at}/f1`, { body: { floatingip: { ...floatingip, port_id: 'p1' } } })
  cloud.on('GET', at, { body: { floatingips: [floatingip] } })
  cloud.on('DELETE', `${at}/f1`, { status: 204 })
  const { floatingIps } = client.network
  expect(await floatingIps.create({ networkId: 'ext' })).toMatchObject({
    id: 'f1',
    address: '206.12.1.2',
    portId: null,
  })
  expect(cloud.json('POST', at)).toEqual({ floatingip: { floating_network_id: 'ext' } })
  expect((await floatingIps.assign('f1', 'p1')).portId).toBe('p1')
  await floatingIps.assign('f1', null)
  expect(cloud.json('PUT', `${at}/f1`)).toEqual({ floatingip: { port_id: null } })
  expect(await collect(floatingIps.list({ portId: 'p1' }))).toHaveLength(1)
  expect(cloud.calls('GET', at)[0]?.query.toString()).toBe('port_id=p1')
  expect(await floatingIps.delete('f1')).toBeUndefined()
})

test('security groups', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const group = { id: 'g1', name: 'batch', project_id: 'p', description: '', security_group_rules: [] }
  cloud.on('GET', `${NEUTRON}/security-groups`, { body: { security_groups: [group] } })
  cloud.on('GET', `${NEUTRON}/security-groups/g1`, { body: { security_group: group } })
  expect(await collect(client.network.securityGroups.list({ name: 'batch' }))).toMatchObject([
    { id: 'g1', name: 'batch', projectId: 'p', description: '' },
  ])
  expect((await client.network.securityGroups.show('g1')).name).toBe('batch')
})

test('quotas with what is used', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const quota = {
    port: { limit: 500, used: 7, reserved: 0 },
    floatingip: { limit: -1, used: 1, reserved: 0 },
    network: { limit: 100, used: 1, reserved: 0 },
  }
  cloud.on('GET', `${NEUTRON}/quotas/${PROJECT_ID}/details.json`, { body: { quota } })
  expect(await client.network.quotas.show()).toEqual({
    ports: { limit: 500, used: 7, reserved: 0 },
    floatingIps: { limit: null, used: 1, reserved: 0 },
    others: { network: { limit: 100, used: 1, reserved: 0 } },
  })
})
