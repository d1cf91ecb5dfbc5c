import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
import { known } from '../known.ts'
import { exchange, routes } from '../exchange.ts'
import { RULE, SECURITY_GROUP } from './replies.ts'

const AT = '/network/v2.0/security-groups'
const RULES = '/network/v2.0/security-group-rules'
const ID = SECURITY_GROUP.id

test('one group with its rules', async () => {
  const { result } = await exchange(`GET ${AT}/${ID}`, { body: { security_group: SECURITY_GROUP } }, (client) =>
    client.network.securityGroups.show(ID),
  )
  expect(known(result)).toEqual({
    id: '85cc3048-abc3-43cc-89b3-377341426ac5',
    name: 'default',
    projectId: 'e4f50856753b4dc6afee5fa6b9b6c550',
    description: 'default',
    stateful: true,
    rules: [
      {
        id: 'c0b09f00-1d49-4e64-a0a7-8a186d928138',
        securityGroupId: '85cc3048-abc3-43cc-89b3-377341426ac5',
        direction: 'ingress',
        etherType: 'IPv6',
        protocol: null,
        portMin: null,
        portMax: null,
        remoteIpPrefix: null,
        remoteGroupId: '85cc3048-abc3-43cc-89b3-377341426ac5',
        description: '',
        projectId: 'e4f50856753b4dc6afee5fa6b9b6c550',
      },
    ],
    tags: ['tag1,tag2'],
    revision: 4,
  })
})

test('create and update a group', async () => {
  const reply = { status: 201, body: { security_group: SECURITY_GROUP } }
  const made = await exchange(`POST ${AT}`, reply, (client) =>
    client.network.securityGroups.create({ name: 'batch', description: 'of workers', stateful: true }),
  )
  expect(made.sent).toEqual({ security_group: { name: 'batch', description: 'of workers', stateful: true } })
  const changed = await exchange(`PUT ${AT}/${ID}`, { body: { security_group: SECURITY_GROUP } }, (client) =>
    client.network.securityGroups.update(ID, { name: 'other' }, { ifRevision: 4 }),
  )
  expect(changed.sent).toEqual({ security_group: { name: 'other' } })
  expect(changed.headers['if-match']).toBe('revision_number=4')
})

test('rules: list, show', async () => {
  const listed = await exchange(`GET ${RULES}`, { body: { security_group_rules: [RULE] } }, (client) =>
    collect(client.network.securityGroupRules.list({ securityGroupId: ID, direction: 'egress' })),
  )
  expect(listed.query).toBe(`security_group_id=${ID}&direction=egress`)
  const one = await exchange(`GET ${RULES}/${RULE.id}`, { body: { security_group_rule: RULE } }, (client) =>
    client.network.securityGroupRules.show(RULE.id),
  )
  expect(listed.result).toEqual([one.result])
  expect(one.result).toMatchObject({ direction: 'egress', etherType: 'IPv6', protocol: null })
})

test('a rule that lets SSH in from one network; its protocol may come as a number', async () => {
  const body = { security_group_rule: { ...RULE, protocol: 6, port_range_min: 22, port_range_max: 22 } }
  const { sent, result } = await exchange(`POST ${RULES}`, { status: 201, body }, (client) =>
    client.network.securityGroupRules.create({
      securityGroupId: ID,
      direction: 'ingress',
      etherType: 'IPv4',
      protocol: 'tcp',
      portMin: 22,
      portMax: 22,
      remoteIpPrefix: '10.0.0.0/8',
    }),
  )
  expect(sent).toEqual({
    security_group_rule: {
      security_group_id: ID,
      direction: 'ingress',
      ethertype: 'IPv4',
      protocol: 'tcp',
      port_range_min: 22,
      port_range_max: 22,
      remote_ip_prefix: '10.0.0.0/8',
    },
  })
  expect(result).toMatchObject({ protocol: '6', portMin: 22, portMax: 22 })
})

test('delete', async () => {
  expect(await routes((client) => client.network.securityGroups.delete(ID))).toEqual([`DELETE ${AT}/${ID}`])
  expect(await routes((client) => client.network.securityGroupRules.delete('r'))).toEqual([`DELETE ${RULES}/r`])
})
