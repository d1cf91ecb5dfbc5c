import { expect, test } from 'vitest'
import { collect, type OpenStack } from '../../src/index.ts'
import { exchange, routes } from '../exchange.ts'
import { failureOf } from '../failure.ts'
import { known } from '../known.ts'
import { ScriptedCloud } from '../scripted-cloud.ts'

// Answers as in the samples of the API reference: https://docs.openstack.org/api-ref/compute/

const NOVA = '/compute/v2.1'
const FLAVOR = {
  id: '10',
  name: 'batch-8',
  vcpus: 8,
  ram: 30_720,
  disk: 20,
  'OS-FLV-EXT-DATA:ephemeral': 100,
  swap: 0,
  'os-flavor-access:is_public': false,
  description: null,
  extra_specs: {},
}
const KEY = { name: 'laptop', public_key: 'ssh-ed25519 AAAA', fingerprint: 'aa:bb', type: 'ssh' }

test('a flavor is made with all that it can have', async () => {
  const { sent, result } = await exchange(`POST ${NOVA}/flavors`, { body: { flavor: FLAVOR } }, (client) =>
    client.compute.flavors.create({
      id: '10',
      name: 'batch-8',
      vcpus: 8,
      ramMb: 30_720,
      diskGb: 20,
      ephemeralGb: 100,
      swapMb: 512,
      isPublic: false,
      description: 'for jobs',
    }),
  )
  expect(result.isPublic).toBe(false)
  expect(sent).toEqual({
    flavor: {
      id: '10',
      name: 'batch-8',
      vcpus: 8,
      ram: 30_720,
      disk: 20,
      'OS-FLV-EXT-DATA:ephemeral': 100,
      swap: 512,
      'os-flavor-access:is_public': false,
      description: 'for jobs',
    },
  })
})

test('what of a flavor can be changed', async () => {
  const { sent } = await exchange(`PUT ${NOVA}/flavors/10`, { body: { flavor: FLAVOR } }, (client) =>
    client.compute.flavors.describe('10', 'old'),
  )
  expect(sent).toEqual({ flavor: { description: 'old' } })
  const set = await exchange(
    `POST ${NOVA}/flavors/10/os-extra_specs`,
    { body: { extra_specs: { a: 'b' } } },
    (client) => client.compute.flavors.setExtraSpecs('10', { a: 'b' }),
  )
  expect([set.sent, set.result]).toEqual([{ extra_specs: { a: 'b' } }, { a: 'b' }])
  expect(
    await routes(async ({ compute: { flavors } }) => {
      await flavors.deleteExtraSpec('10', 'hw:cpu_policy')
      await flavors.delete('10')
    }),
  ).toEqual([`DELETE ${NOVA}/flavors/10/os-extra_specs/hw%3Acpu_policy`, `DELETE ${NOVA}/flavors/10`])
})

test('who may use a private flavor', async () => {
  const access = { body: { flavor_access: [{ flavor_id: '10', tenant_id: 'p1' }] } }
  const { result } = await exchange(`GET ${NOVA}/flavors/10/os-flavor-access`, access, (client) =>
    client.compute.flavors.projects('10'),
  )
  expect(result).toEqual(['p1'])
  const act = async (call: (client: OpenStack) => Promise<string[]>): Promise<unknown> =>
    (await exchange(`POST ${NOVA}/flavors/10/action`, access, call)).sent
  expect(await act((client) => client.compute.flavors.give('10', 'p1'))).toEqual({ addTenantAccess: { tenant: 'p1' } })
  expect(await act((client) => client.compute.flavors.take('10', 'p1'))).toEqual({
    removeTenantAccess: { tenant: 'p1' },
  })
})

test('keys of another user', async () => {
  const { result, query } = await exchange(
    `GET ${NOVA}/os-keypairs`,
    { body: { keypairs: [{ keypair: KEY }] } },
    (client) => collect(client.compute.keypairs.list({ userId: 'u2', pageSize: 10 })),
  )
  expect(query).toBe('user_id=u2&limit=10')
  expect(known(result)).toEqual([
    { name: 'laptop', publicKey: 'ssh-ed25519 AAAA', fingerprint: 'aa:bb', type: 'ssh', userId: null, createdAt: null },
  ])
  const { sent } = await exchange(`POST ${NOVA}/os-keypairs`, { status: 201, body: { keypair: KEY } }, (client) =>
    client.compute.keypairs.create('laptop', 'ssh-ed25519 AAAA', { userId: 'u2', type: 'x509' }),
  )
  expect(sent).toEqual({
    keypair: { name: 'laptop', public_key: 'ssh-ed25519 AAAA', type: 'x509', user_id: 'u2' },
  })
})

test('before 2.10 nobody’s keys are taken for another user’s', async () => {
  await using cloud = await ScriptedCloud.start()
  cloud.microversions = { min: '2.1', max: '2.9' }
  await using client = cloud.connect()
  expect(await failureOf(client.compute.keypairs.delete('laptop', { userId: 'u2' }))).toMatchObject({
    code: 'MicroversionUnsupported',
    message: expect.stringContaining('keys of another user needs microversion 2.10, this client uses 2.9'),
  })
  expect(cloud.seen.some(({ method }) => method === 'DELETE')).toBe(false)
})

test('a pair of Nova’s making, as long as there is one, whose private key does not print', async () => {
  const reply = { status: 201, body: { keypair: { ...KEY, user_id: 'u', private_key: '-----BEGIN' } } }
  const { result, sent } = await exchange(`POST ${NOVA}/os-keypairs`, reply, (client) =>
    client.compute.keypairs.generate('laptop'),
  )
  expect(sent).toEqual({ keypair: { name: 'laptop' } })
  expect([result.privateKey.reveal(), JSON.stringify(result).includes('BEGIN')]).toEqual(['-----BEGIN', false])

  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect({ computeMicroversion: { wanted: 'latest' } })
  expect(await failureOf(client.compute.keypairs.generate('laptop'))).toMatchObject({ code: 'MicroversionUnsupported' })
})
