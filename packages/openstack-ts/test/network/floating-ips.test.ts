import { expect, test } from 'vitest'
import { exchange } from '../exchange.ts'
import { known } from '../known.ts'
import { FLOATING_IP } from './replies.ts'

const AT = '/network/v2.0/floatingips'
const ID = FLOATING_IP.id

test('one floating IP, with all that is known of it', async () => {
  const { result } = await exchange(`GET ${AT}/${ID}`, { body: { floatingip: FLOATING_IP } }, (client) =>
    client.network.floatingIps.show(ID),
  )
  expect(known(result)).toEqual({
    id: '2f245a7b-796b-4f26-9cf9-9e82d248fda7',
    address: '172.24.4.228',
    networkId: '376da547-b977-4cfe-9cba-275c80debf57',
    portId: 'ce705c24-c1ef-408a-bda3-7bbd946164ab',
    fixedAddress: '10.0.0.3',
    routerId: 'd23abc8d-2991-4a55-ba98-2aaea84cc72f',
    status: 'ACTIVE',
    projectId: '4969c491a3c74ee4af974e6d800c62de',
    description: 'floating ip for testing',
    tags: ['tag1,tag2'],
    revision: 1,
    createdAt: '2016-12-21T01:36:04Z',
    updatedAt: '2016-12-21T01:36:04Z',
  })
})

test('create at once for a port', async () => {
  const { sent } = await exchange(`POST ${AT}`, { status: 201, body: { floatingip: FLOATING_IP } }, (client) =>
    client.network.floatingIps.create({
      networkId: 'ext',
      subnetId: 's',
      address: '172.24.4.228',
      portId: 'p1',
      fixedAddress: '10.0.0.3',
      description: 'web',
      projectId: 'p',
    }),
  )
  expect(sent).toEqual({
    floatingip: {
      floating_network_id: 'ext',
      subnet_id: 's',
      floating_ip_address: '172.24.4.228',
      port_id: 'p1',
      fixed_ip_address: '10.0.0.3',
      description: 'web',
      project_id: 'p',
    },
  })
})

test('assign to one of the addresses of a port, at a revision', async () => {
  const { sent, headers } = await exchange(`PUT ${AT}/${ID}`, { body: { floatingip: FLOATING_IP } }, (client) =>
    client.network.floatingIps.assign(ID, 'p1', { fixedAddress: '10.0.0.3', ifRevision: 1 }),
  )
  expect(sent).toEqual({ floatingip: { port_id: 'p1', fixed_ip_address: '10.0.0.3' } })
  expect(headers['if-match']).toBe('revision_number=1')
})
