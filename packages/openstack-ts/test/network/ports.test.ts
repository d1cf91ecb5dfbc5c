import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
import { known } from '../known.ts'
import { exchange, routes } from '../exchange.ts'
import { PORT } from './replies.ts'

const AT = '/network/v2.0/ports'
const ID = PORT.id

test('one port, with all that is known of it', async () => {
  const body = {
    port: {
      ...PORT,
      allowed_address_pairs: [{ ip_address: '10.0.0.200' }],
      'binding:vnic_type': 'normal',
      'binding:host_id': 'compute-7',
      'binding:vif_type': 'ovs',
      'binding:profile': {},
    },
  }
  const { result } = await exchange(`GET ${AT}/${ID}`, { body }, (client) => client.network.ports.show(ID))
  expect(known(result)).toEqual({
    id: '46d4bfb9-b26e-41f3-bd2e-e6dcc1ccedb2',
    name: null,
    description: null,
    networkId: 'a87cc70a-3e15-4acf-8205-9b711a3531b7',
    deviceId: '5e3898d7-11be-483e-9732-b2f5eccd2b2e',
    deviceOwner: 'network:router_interface',
    projectId: '7e02058126cc4950b75f9970368ba177',
    status: 'ACTIVE',
    adminStateUp: true,
    macAddress: 'fa:16:3e:23:fd:d7',
    fixedIps: [{ subnetId: 'a0304c3a-4f08-4c43-88af-d796509c97d2', address: '10.0.0.1' }],
    securityGroupIds: [],
    allowedAddressPairs: [{ address: '10.0.0.200', macAddress: null }],
    portSecurityEnabled: false,
    binding: { vnicType: 'normal', hostId: 'compute-7', vifType: 'ovs', profile: {} },
    dnsName: 'myport',
    tags: ['tag1,tag2'],
    revision: 1,
    createdAt: '2016-03-08T20:19:41Z',
    updatedAt: '2016-03-08T20:19:41Z',
  })
})

test('a list passes its filters on', async () => {
  const { query } = await exchange(`GET ${AT}`, { body: { ports: [PORT] } }, (client) =>
    collect(client.network.ports.list({ networkId: 'n1', deviceOwner: 'compute:nova', macAddress: 'fa:16' })),
  )
  expect(query).toBe('device_owner=compute%3Anova&network_id=n1&mac_address=fa%3A16')
})

test('create', async () => {
  const { sent } = await exchange(`POST ${AT}`, { status: 201, body: { port: PORT } }, (client) =>
    client.network.ports.create({
      networkId: 'n1',
      name: 'vip',
      fixedIps: [{ subnetId: 's1' }, { subnetId: 's2', address: '10.0.0.9' }],
      securityGroupIds: ['g1'],
      allowedAddressPairs: [{ address: '10.0.0.200', macAddress: 'fa:16:3e:00:00:01' }],
      portSecurityEnabled: true,
      dnsName: 'vip',
      vnicType: 'direct',
      hostId: 'compute-7',
      bindingProfile: { trusted: true },
    }),
  )
  expect(sent).toEqual({
    port: {
      network_id: 'n1',
      name: 'vip',
      fixed_ips: [{ subnet_id: 's1' }, { subnet_id: 's2', ip_address: '10.0.0.9' }],
      security_groups: ['g1'],
      allowed_address_pairs: [{ ip_address: '10.0.0.200', mac_address: 'fa:16:3e:00:00:01' }],
      port_security_enabled: true,
      dns_name: 'vip',
      'binding:vnic_type': 'direct',
      'binding:host_id': 'compute-7',
      'binding:profile': { trusted: true },
    },
  })
})

test('update at a revision: no security groups any more', async () => {
  const { sent, headers } = await exchange(`PUT ${AT}/${ID}`, { body: { port: PORT } }, (client) =>
    client.network.ports.update(ID, { securityGroupIds: [], portSecurityEnabled: false }, { ifRevision: 1 }),
  )
  expect(sent).toEqual({ port: { security_groups: [], port_security_enabled: false } })
  expect(headers['if-match']).toBe('revision_number=1')
})

test('delete', async () => {
  expect(await routes((client) => client.network.ports.delete(ID))).toEqual([`DELETE ${AT}/${ID}`])
})
