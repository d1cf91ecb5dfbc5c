import { expect, test } from 'vitest'
import { collect, isConflict } from '../../src/index.ts'
import { known } from '../known.ts'
import { exchange, routes } from '../exchange.ts'
import { failureOf } from '../failure.ts'
import { NETWORK } from './replies.ts'

const AT = '/network/v2.0/networks'
const ID = NETWORK.id

test('one network, with all that is known of it', async () => {
  const { result } = await exchange(`GET ${AT}/${ID}`, { body: { network: NETWORK } }, (client) =>
    client.network.networks.show(ID),
  )
  expect(known(result)).toEqual({
    id: 'd32019d3-bc6e-4319-9c1d-6722fc136a22',
    name: 'private-network',
    description: '',
    status: 'ACTIVE',
    adminStateUp: true,
    projectId: '4fd44f30292945e481c7b8a0c8908869',
    shared: true,
    external: false,
    subnetIds: ['54d6f61d-db07-451c-9ab3-b9609b6b6f0b'],
    mtu: 1500,
    portSecurityEnabled: true,
    availabilityZones: ['nova'],
    provider: null,
    tags: ['tag1,tag2'],
    revision: 1,
    createdAt: '2016-03-08T20:19:41Z',
    updatedAt: '2016-03-08T20:19:41Z',
  })
})

test('what administrators see of it', async () => {
  const vlan = { 'provider:network_type': 'vlan', 'provider:physical_network': 'public', 'provider:segmentation_id': 2 }
  const { result } = await exchange(`GET ${AT}/${ID}`, { body: { network: { ...NETWORK, ...vlan } } }, (client) =>
    client.network.networks.show(ID),
  )
  expect(result.provider).toEqual({ type: 'vlan', physicalNetwork: 'public', segmentationId: 2 })
})

test('a list passes its filters on', async () => {
  const { result, query } = await exchange(`GET ${AT}`, { body: { networks: [NETWORK] } }, (client) =>
    collect(client.network.networks.list({ external: false, tags: ['a', 'b'], status: 'ACTIVE', projectId: 'p' })),
  )
  expect(result.map(({ id }) => id)).toEqual([ID])
  expect(query).toBe('router%3Aexternal=false&status=ACTIVE&project_id=p&tags=a%2Cb')
})

test('create says what is set, by the names that Neutron has', async () => {
  const reply = { status: 201, body: { network: NETWORK } }
  const { result, sent } = await exchange(`POST ${AT}`, reply, (client) =>
    client.network.networks.create({
      name: 'private-network',
      adminStateUp: true,
      shared: true,
      external: false,
      mtu: 1500,
      portSecurityEnabled: true,
      availabilityZoneHints: ['nova'],
      provider: { type: 'vlan', physicalNetwork: 'public', segmentationId: 2 },
      projectId: 'p',
    }),
  )
  expect(result.id).toBe(ID)
  expect(sent).toEqual({
    network: {
      name: 'private-network',
      admin_state_up: true,
      shared: true,
      'router:external': false,
      mtu: 1500,
      port_security_enabled: true,
      availability_zone_hints: ['nova'],
      'provider:network_type': 'vlan',
      'provider:physical_network': 'public',
      'provider:segmentation_id': 2,
      project_id: 'p',
    },
  })
})

test('an update can be bound to a revision, and one that comes too late is a conflict', async () => {
  const { sent, headers } = await exchange(`PUT ${AT}/${ID}`, { body: { network: NETWORK } }, (client) =>
    client.network.networks.update(ID, { name: 'new', mtu: 9000 }, { ifRevision: 1 }),
  )
  expect(sent).toEqual({ network: { name: 'new', mtu: 9000 } })
  expect(headers['if-match']).toBe('revision_number=1')
  const NeutronError = {
    type: 'RevisionNumberConstraintFailed',
    message: 'Constrained to 1, but current revision is 2',
    detail: '',
  }
  const late = exchange(`PUT ${AT}/${ID}`, { status: 412, body: { NeutronError } }, (client) =>
    client.network.networks.update(ID, { name: 'new' }, { ifRevision: 1 }),
  )
  expect(isConflict(await failureOf(late))).toBe(true)
})

test('an update that is not bound to one has no such header', async () => {
  const { headers } = await exchange(`PUT ${AT}/${ID}`, { body: { network: NETWORK } }, (client) =>
    client.network.networks.update(ID, { name: 'new' }),
  )
  expect(headers['if-match']).toBeUndefined()
})

test('delete', async () => {
  expect(await routes((client) => client.network.networks.delete(ID))).toEqual([`DELETE ${AT}/${ID}`])
})
