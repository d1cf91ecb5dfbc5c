import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
import { known } from '../known.ts'
import { exchange, routes } from '../exchange.ts'
import { ROUTER, ROUTER_INTERFACE } from './replies.ts'

const AT = '/network/v2.0/routers'
const ID = ROUTER.id

test('one router, with all that is known of it', async () => {
  const { result } = await exchange(`GET ${AT}/${ID}`, { body: { router: ROUTER } }, (client) =>
    client.network.routers.show(ID),
  )
  expect(known(result)).toEqual({
    id: 'f8a44de0-fc8e-45df-93c7-f79bf3b01c95',
    name: 'router1',
    description: '',
    status: 'ACTIVE',
    adminStateUp: true,
    projectId: '0bd18306d801447bb457a46252d82d13',
    gateway: {
      networkId: 'ae34051f-aa6c-4c75-abf5-50dc9ac99ef3',
      snatEnabled: true,
      fixedIps: [
        { subnetId: 'b930d7f6-ceb7-40a0-8b81-a425dd994ccf', address: '172.24.4.6' },
        { subnetId: '0c56df5d-ace5-46c8-8f4c-45fa4e334d18', address: '2001:db8::9' },
      ],
    },
    routes: [{ destination: '179.24.1.0/24', nexthop: '172.24.3.99' }],
    distributed: false,
    highlyAvailable: false,
    availabilityZones: ['nova'],
    tags: ['tag1,tag2'],
    revision: 1,
    createdAt: '2018-03-19T19:17:04Z',
    updatedAt: '2018-03-19T19:17:22Z',
  })
})

test('a list; a router without a way out', async () => {
  const body = { routers: [{ ...ROUTER, external_gateway_info: null }] }
  const { result, query } = await exchange(`GET ${AT}`, { body }, (client) =>
    collect(client.network.routers.list({ name: 'router1', projectId: 'p' })),
  )
  expect(result.map(({ gateway }) => gateway)).toEqual([null])
  expect(query).toBe('name=router1&project_id=p')
})

test('create with a gateway', async () => {
  const { sent } = await exchange(`POST ${AT}`, { status: 201, body: { router: ROUTER } }, (client) =>
    client.network.routers.create({
      name: 'router1',
      gateway: { networkId: 'ext', snatEnabled: true, fixedIps: [{ subnetId: 's', address: '172.24.4.6' }] },
      highlyAvailable: true,
      availabilityZoneHints: ['nova'],
    }),
  )
  expect(sent).toEqual({
    router: {
      name: 'router1',
      external_gateway_info: {
        network_id: 'ext',
        enable_snat: true,
        external_fixed_ips: [{ subnet_id: 's', ip_address: '172.24.4.6' }],
      },
      ha: true,
      availability_zone_hints: ['nova'],
    },
  })
})

test('update: routes, and the gateway taken away', async () => {
  const { sent, headers } = await exchange(`PUT ${AT}/${ID}`, { body: { router: ROUTER } }, (client) =>
    client.network.routers.update(ID, { gateway: null, routes: [] }, { ifRevision: 1 }),
  )
  expect(sent).toEqual({ router: { external_gateway_info: {}, routes: [] } })
  expect(headers['if-match']).toBe('revision_number=1')
})

test('interfaces, by subnet and by port', async () => {
  const added = await exchange(`PUT ${AT}/${ID}/add_router_interface`, { body: ROUTER_INTERFACE }, (client) =>
    client.network.routers.addInterface(ID, { subnetId: 's1' }),
  )
  expect(added.sent).toEqual({ subnet_id: 's1' })
  expect(known(added.result)).toEqual({
    routerId: '915a14a6-867b-4af7-83d1-70efceb146f9',
    networkId: '91c013e2-d65a-474e-9177-c3e1799ca726',
    portId: '2dc46bcc-d1f2-4077-b99e-91ee28afaff0',
    subnetIds: ['a2f1f29d-571b-4533-907f-5803ab96ead1'],
  })
  const removed = await exchange(`PUT ${AT}/${ID}/remove_router_interface`, { body: ROUTER_INTERFACE }, (client) =>
    client.network.routers.removeInterface(ID, { portId: 'p1' }),
  )
  expect(removed.sent).toEqual({ port_id: 'p1' })
})

test('delete', async () => {
  expect(await routes((client) => client.network.routers.delete(ID))).toEqual([`DELETE ${AT}/${ID}`])
})
