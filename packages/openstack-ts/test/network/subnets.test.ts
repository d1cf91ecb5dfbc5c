import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
import { known } from '../known.ts'
import { exchange, routes } from '../exchange.ts'
import { SUBNET } from './replies.ts'

const AT = '/network/v2.0/subnets'
const ID = SUBNET.id

test('one subnet, with all that is known of it', async () => {
  const { result } = await exchange(`GET ${AT}/${ID}`, { body: { subnet: SUBNET } }, (client) =>
    client.network.subnets.show(ID),
  )
  expect(known(result)).toEqual({
    id: '54d6f61d-db07-451c-9ab3-b9609b6b6f0b',
    name: 'my_subnet',
    description: '',
    networkId: 'd32019d3-bc6e-4319-9c1d-6722fc136a22',
    projectId: '4fd44f30292945e481c7b8a0c8908869',
    ipVersion: 4,
    cidr: '192.0.0.0/8',
    gatewayIp: '192.0.0.1',
    dhcpEnabled: true,
    dnsNameservers: [],
    allocationPools: [{ start: '192.0.0.2', end: '192.255.255.254' }],
    hostRoutes: [],
    ipv6AddressMode: null,
    ipv6RaMode: null,
    subnetPoolId: null,
    tags: ['tag1,tag2'],
    revision: 2,
    createdAt: '2016-03-08T20:19:41Z',
    updatedAt: '2016-03-08T20:19:41Z',
  })
})

test('a list passes its filters on', async () => {
  const { result, query } = await exchange(`GET ${AT}`, { body: { subnets: [SUBNET] } }, (client) =>
    collect(client.network.subnets.list({ networkId: 'n1', ipVersion: 4, cidr: '10.0.0.0/24' })),
  )
  expect(result).toHaveLength(1)
  expect(query).toBe('network_id=n1&ip_version=4&cidr=10.0.0.0%2F24')
})

test('create, with no gateway and a range of addresses', async () => {
  const { sent } = await exchange(`POST ${AT}`, { status: 201, body: { subnet: SUBNET } }, (client) =>
    client.network.subnets.create({
      networkId: 'n1',
      ipVersion: 4,
      cidr: '192.168.199.0/24',
      gatewayIp: null,
      dhcpEnabled: true,
      dnsNameservers: ['192.168.199.2'],
      allocationPools: [{ start: '192.168.199.10', end: '192.168.199.20' }],
      hostRoutes: [{ destination: '10.0.0.0/8', nexthop: '192.168.199.3' }],
    }),
  )
  expect(sent).toEqual({
    subnet: {
      network_id: 'n1',
      ip_version: 4,
      cidr: '192.168.199.0/24',
      gateway_ip: null,
      enable_dhcp: true,
      dns_nameservers: ['192.168.199.2'],
      allocation_pools: [{ start: '192.168.199.10', end: '192.168.199.20' }],
      host_routes: [{ destination: '10.0.0.0/8', nexthop: '192.168.199.3' }],
    },
  })
})

test('create from a pool, IPv6', async () => {
  const { sent } = await exchange(`POST ${AT}`, { status: 201, body: { subnet: SUBNET } }, (client) =>
    client.network.subnets.create({
      networkId: 'n1',
      ipVersion: 6,
      subnetPoolId: 'pool',
      prefixLength: 64,
      ipv6AddressMode: 'slaac',
      ipv6RaMode: 'slaac',
    }),
  )
  expect(sent).toEqual({
    subnet: {
      network_id: 'n1',
      ip_version: 6,
      subnetpool_id: 'pool',
      prefixlen: 64,
      ipv6_address_mode: 'slaac',
      ipv6_ra_mode: 'slaac',
    },
  })
})

test('update at a revision', async () => {
  const { sent, headers } = await exchange(`PUT ${AT}/${ID}`, { body: { subnet: SUBNET } }, (client) =>
    client.network.subnets.update(ID, { dnsNameservers: ['9.9.9.9'] }, { ifRevision: 2 }),
  )
  expect(sent).toEqual({ subnet: { dns_nameservers: ['9.9.9.9'] } })
  expect(headers['if-match']).toBe('revision_number=2')
})

test('delete', async () => {
  expect(await routes((client) => client.network.subnets.delete(ID))).toEqual([`DELETE ${AT}/${ID}`])
})
