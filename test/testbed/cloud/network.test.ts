import { expect, test } from 'vitest'
import { defaultPool, hostRange, nextFree, toNumber, toText } from '#testbed/cloud/network/address.ts'
import { asker, boot, cloudFor, field, idOf, namesIn, projectId, statusBecomes } from './fixture.ts'

test('addresses: ranges, pools, the next free one', () => {
  expect(hostRange('10.1.2.77/24').map(toText)).toEqual(['10.1.2.1', '10.1.2.254'])
  expect(toText(toNumber('255.254.0.1'))).toBe('255.254.0.1')
  expect(defaultPool('10.0.0.0/29', '10.0.0.1')).toEqual(['10.0.0.2', '10.0.0.6'])
  expect(nextFree(['10.0.0.2', '10.0.0.4'], new Set(['10.0.0.2']), '10.0.0.3')).toBe('10.0.0.4')
  expect(nextFree(['10.0.0.2', '10.0.0.2'], new Set(['10.0.0.2']), null)).toBeNull()
  expect(() => toNumber('10.0.0.256')).toThrow('no IPv4 address')
})

test('networks: own, shared, external; used ones stay', async () => {
  const cloud = await cloudFor()
  const [ann, bob] = [await asker(cloud, 'ann', 'alpha'), await asker(cloud, 'bob', 'beta')]
  const names = async (ask: typeof ann, query = ''): Promise<string[]> =>
    namesIn(await ask('GET', `network/networks${query}`), 'networks').toSorted()
  const made = await ann('POST', 'network/networks', { network: { name: 'lab' } })
  expect(made.status).toBe(201)
  const id = field(made, 'network', 'id')
  expect(
    (await ann('POST', 'network/subnets', { subnet: { network_id: id, cidr: '192.168.7.0/24', ip_version: 4 } })).body,
  ).toMatchObject({
    subnet: { gateway_ip: '192.168.7.1', allocation_pools: [{ start: '192.168.7.2', end: '192.168.7.254' }] },
  })
  expect(await names(ann)).toEqual(['lab', 'outside', 'private'])
  expect(await names(bob)).toEqual(['outside', 'private'])
  expect(await names(ann, '?router:external=true')).toEqual(['outside'])
  expect(await bob('GET', `network/networks/${id}`)).toMatchObject({
    status: 404,
    body: { NeutronError: { type: 'NetworkNotFound', message: `Network ${id} could not be found.`, detail: '' } },
  })
  expect((await ann('POST', 'network/networks', { network: { name: 'x', shared: true } })).status).toBe(403)
  const port = await ann('POST', 'network/ports', { port: { network_id: id } })
  expect(port.body).toMatchObject({ port: { fixed_ips: [{ ip_address: '192.168.7.2' }], status: 'DOWN' } })
  expect(await ann('DELETE', `network/networks/${id}`)).toMatchObject({
    status: 409,
    body: { NeutronError: { type: 'NetworkInUse' } },
  })
  expect((await ann('DELETE', `network/ports/${field(port, 'port', 'id')}`)).status).toBe(204)
  expect((await ann('DELETE', `network/networks/${id}`)).status).toBe(204)
})

test('a floating IP follows a port, shows with the server and is let go with it', async () => {
  const cloud = await cloudFor()
  const ann = await asker(cloud, 'ann', 'alpha')
  const server = idOf(await boot(ann))
  await statusBecomes(ann, server, 'ACTIVE')
  const outside = field(await ann('GET', 'network/networks?name=outside'), 'networks', 0, 'id')
  const port = field(await ann('GET', `network/ports?device_id=${server}`), 'ports', 0, 'id')
  const made = await ann('POST', 'network/floatingips', { floatingip: { floating_network_id: outside, port_id: port } })
  expect(made).toMatchObject({
    status: 201,
    body: { floatingip: { floating_ip_address: '172.24.4.2', fixed_ip_address: '10.7.0.10', status: 'ACTIVE' } },
  })
  expect((await ann('GET', `compute/servers/${server}/ips`)).body['addresses']).toMatchObject({
    private: [{ 'OS-EXT-IPS:type': 'fixed' }, { addr: '172.24.4.2', 'OS-EXT-IPS:type': 'floating' }],
  })
  await ann('DELETE', `network/ports/${port}`)
  const id = field(made, 'floatingip', 'id')
  expect((await ann('GET', `network/floatingips/${id}`)).body).toMatchObject({
    floatingip: { port_id: null, status: 'DOWN' },
  })
  await cloud.admin.setQuota('alpha', { network: { floatingip: 1 } })
  expect(await ann('POST', 'network/floatingips', { floatingip: { floating_network_id: outside } })).toMatchObject({
    status: 409,
    body: { NeutronError: { type: 'OverQuota', message: "Quota exceeded for resources: ['floatingip']." } },
  })
  expect((await ann('DELETE', `network/floatingips/${id}`)).status).toBe(204)
})

test('security groups: a default one, rules without twins, groups in use', async () => {
  const cloud = await cloudFor()
  const ann = await asker(cloud, 'ann', 'alpha')
  expect((await ann('GET', 'network/security-groups')).body).toMatchObject({ security_groups: [{ name: 'default' }] })
  const group = field(
    await ann('POST', 'network/security-groups', { security_group: { name: 'ssh' } }),
    'security_group',
    'id',
  )
  const rule = {
    security_group_rule: {
      security_group_id: group,
      direction: 'ingress',
      protocol: 'tcp',
      port_range_min: 22,
      port_range_max: 22,
    },
  }
  expect((await ann('POST', 'network/security-group-rules', rule)).status).toBe(201)
  expect(await ann('POST', 'network/security-group-rules', rule)).toMatchObject({
    status: 409,
    body: { NeutronError: { type: 'SecurityGroupRuleExists' } },
  })
  const server = idOf(await boot(ann, { security_groups: [{ name: 'ssh' }] }))
  expect((await ann('GET', `compute/servers/${server}`)).body).toMatchObject({
    server: { security_groups: [{ name: 'ssh' }] },
  })
  expect((await ann('DELETE', `network/security-groups/${group}`)).status).toBe(409)
})

test('the port quota refuses the server before it is made', async () => {
  const cloud = await cloudFor()
  const ann = await asker(cloud, 'ann', 'alpha')
  await cloud.admin.setQuota('alpha', { network: { port: 1 } })
  expect((await boot(ann)).status).toBe(202)
  expect(await boot(ann)).toMatchObject({
    status: 403,
    body: { forbidden: { message: 'Maximum number of ports exceeded' } },
  })
  expect(await cloud.admin.servers()).toHaveLength(1)
  const project = await projectId(ann)
  expect((await ann('GET', `network/quotas/${project}/details.json`)).body).toMatchObject({
    quota: { port: { limit: 1, used: 1, reserved: 0 } },
  })
})

test("a floating IP reaches a network of one's own through a router only", async () => {
  const cloud = await cloudFor()
  const ann = await asker(cloud, 'ann', 'alpha')
  const outside = field(await ann('GET', 'network/networks?name=outside'), 'networks', 0, 'id')
  const lab = field(await ann('POST', 'network/networks', { network: { name: 'lab' } }), 'network', 'id')
  const subnetWish = { subnet: { network_id: lab, cidr: '192.168.7.0/24', ip_version: 4 } }
  const subnet = field(await ann('POST', 'network/subnets', subnetWish), 'subnet', 'id')
  const port = field(await ann('POST', 'network/ports', { port: { network_id: lab } }), 'port', 'id')
  const wish = { floatingip: { floating_network_id: outside, port_id: port } }
  expect(await ann('POST', 'network/floatingips', wish)).toMatchObject({
    status: 404,
    body: { NeutronError: { type: 'ExternalGatewayForFloatingIPNotFound' } },
  })
  const router = { router: { name: 'r', external_gateway_info: { network_id: outside } } }
  const id = field(await ann('POST', 'network/routers', router), 'router', 'id')
  expect((await ann('PUT', `network/routers/${id}/add_router_interface`, { subnet_id: subnet })).status).toBe(200)
  expect((await ann('POST', 'network/floatingips', wish)).status).toBe(201)
  expect((await ann('DELETE', `network/routers/${id}`)).status).toBe(409)
  expect((await ann('PUT', `network/routers/${id}/remove_router_interface`, { subnet_id: subnet })).status).toBe(200)
  expect((await ann('DELETE', `network/routers/${id}`)).status).toBe(204)
})
