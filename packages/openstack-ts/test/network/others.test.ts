import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
import { known } from '../known.ts'
import { exchange, routes } from '../exchange.ts'
import { PROJECT_ID } from '../scripted-cloud.ts'
import { EXTENSION, QUOTA, ZONES } from './replies.ts'

const NEUTRON = '/network/v2.0'

test('limits of a project; -1 is none', async () => {
  const { result } = await exchange(`GET ${NEUTRON}/quotas/${PROJECT_ID}`, { body: { quota: QUOTA } }, (client) =>
    client.network.quotas.limits(),
  )
  expect(result).toEqual({
    floatingip: 50,
    network: 10,
    port: 50,
    rbac_policy: null,
    router: 10,
    security_group: 10,
    security_group_rule: 100,
    subnet: 10,
    subnetpool: null,
  })
})

test('what nobody set', async () => {
  const { result } = await exchange(`GET ${NEUTRON}/quotas/p2/default`, { body: { quota: QUOTA } }, (client) =>
    client.network.quotas.defaults('p2'),
  )
  expect(result['port']).toBe(50)
})

test('update says no limit as -1; reset', async () => {
  const { sent, result } = await exchange(`PUT ${NEUTRON}/quotas/p2`, { body: { quota: QUOTA } }, (client) =>
    client.network.quotas.update('p2', { port: 50, rbac_policy: null }),
  )
  expect(sent).toEqual({ quota: { port: 50, rbac_policy: -1 } })
  expect(result['rbac_policy']).toBeNull()
  expect(await routes((client) => client.network.quotas.reset('p2'))).toEqual([`DELETE ${NEUTRON}/quotas/p2`])
})

test('extensions: all, one, and whether there is one', async () => {
  const agent = { alias: 'agent', name: 'agent', description: 'The agent management extension.' }
  const all = await exchange(`GET ${NEUTRON}/extensions`, { body: { extensions: [EXTENSION] } }, (client) =>
    client.network.extensions.list(),
  )
  expect(known(all.result)).toEqual([agent])
  const reply = { body: { extension: EXTENSION } }
  const one = await exchange(`GET ${NEUTRON}/extensions/agent`, reply, async ({ network }) => [
    await network.extensions.show('agent'),
    await network.extensions.has('agent'),
    await network.extensions.has('dns-integration'),
  ])
  expect(known(one.result)).toEqual([agent, true, false])
})

test('availability zones', async () => {
  const { result } = await exchange(`GET ${NEUTRON}/availability_zones`, { body: ZONES }, (client) =>
    collect(client.network.availabilityZones.list()),
  )
  expect(known(result)).toEqual([
    { name: 'nova', available: true, resource: 'router' },
    { name: 'nova', available: true, resource: 'network' },
  ])
})

test('tags', async () => {
  const reply = { body: { tags: ['red', 'blue'] } }
  const replaced = await exchange(`PUT ${NEUTRON}/ports/p1/tags`, reply, (client) =>
    client.network.tags.replace('ports', 'p1', ['red', 'blue']),
  )
  expect(replaced.sent).toEqual({ tags: ['red', 'blue'] })
  expect(replaced.result).toEqual(['red', 'blue'])
  const listed = await exchange(`GET ${NEUTRON}/networks/n1/tags`, reply, (client) =>
    client.network.tags.list('networks', 'n1'),
  )
  expect(listed.result).toEqual(['red', 'blue'])
  const others = await routes(async ({ network }) => {
    await network.tags.add('routers', 'r1', 'red/blue')
    await network.tags.remove('routers', 'r1', 'red')
    await network.tags.clear('security-groups', 'g1')
  })
  expect(others).toEqual([
    `PUT ${NEUTRON}/routers/r1/tags/red%2Fblue`,
    `DELETE ${NEUTRON}/routers/r1/tags/red`,
    `DELETE ${NEUTRON}/security-groups/g1/tags`,
  ])
})
