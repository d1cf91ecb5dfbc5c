import { expect, test } from 'vitest'
import { collect } from '../../src/index.ts'
import { known } from '../known.ts'
import { PROJECT_ID, ScriptedCloud } from '../scripted-cloud.ts'

const NOVA = '/compute/v2.1'
const detail = (limit: number) => ({ limit, in_use: 2, reserved: 1 })
const zone = (zoneName: string, available: boolean) => ({ zoneName, zoneState: { available }, hosts: null })
const FLAVOR = {
  id: '4',
  name: 'c2-7.5gb-31',
  ram: 7680,
  disk: 20,
  vcpus: 2,
  swap: '',
  'OS-FLV-EXT-DATA:ephemeral': 31,
  'OS-FLV-DISABLED:disabled': false,
  'os-flavor-access:is_public': true,
  rxtx_factor: 1,
  links: [],
}

test('flavors of old and new microversions, over two pages', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const recent = {
    ...FLAVOR,
    id: 'p8',
    swap: 512,
    description: 'big',
    extra_specs: { 'pci_passthrough:alias': 'gpu:1' },
  }
  cloud.on('GET', `${NOVA}/flavors/detail`, (seen) =>
    seen.query.has('marker')
      ? { body: { flavors: [recent] } }
      : {
          body: { flavors: [FLAVOR], flavors_links: [{ rel: 'next', href: 'http://x/v2.1/flavors/detail?marker=4' }] },
        },
  )
  const flavors = await collect(client.compute.flavors.list({ isPublic: 'all', minRamMb: 1024 }))
  expect(known(flavors)).toEqual([
    {
      id: '4',
      name: 'c2-7.5gb-31',
      vcpus: 2,
      ramMb: 7680,
      diskGb: 20,
      ephemeralGb: 31,
      swapMb: 0,
      isPublic: true,
      disabled: false,
      description: null,
      extraSpecs: null,
    },
    {
      id: 'p8',
      name: 'c2-7.5gb-31',
      vcpus: 2,
      ramMb: 7680,
      diskGb: 20,
      ephemeralGb: 31,
      swapMb: 512,
      isPublic: true,
      disabled: false,
      description: 'big',
      extraSpecs: { 'pci_passthrough:alias': 'gpu:1' },
    },
  ])
  expect(cloud.calls('GET', `${NOVA}/flavors/detail`)[0]?.query.toString()).toBe('minRam=1024&is_public=none')
})

test('extra specs by themselves', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', `${NOVA}/flavors/4/os-extra_specs`, { body: { extra_specs: { a: 'b' } } })
  expect(await client.compute.flavors.extraSpecs('4')).toEqual({ a: 'b' })
})

test('keys', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const keypair = { name: 'my key', public_key: 'ssh-ed25519 AAAA', fingerprint: 'aa:bb', type: 'ssh', user_id: 'u' }
  cloud.on('GET', `${NOVA}/os-keypairs`, { body: { keypairs: [{ keypair }] } })
  cloud.on('GET', `${NOVA}/os-keypairs/my%20key`, { body: { keypair } })
  cloud.on('POST', `${NOVA}/os-keypairs`, { status: 201, body: { keypair } })
  cloud.on('DELETE', `${NOVA}/os-keypairs/my%20key`, { status: 202 })
  const key = {
    name: 'my key',
    publicKey: 'ssh-ed25519 AAAA',
    fingerprint: 'aa:bb',
    type: 'ssh',
    userId: 'u',
    createdAt: null,
  }
  expect(known(await collect(client.compute.keypairs.list()))).toEqual([key])
  expect(known(await client.compute.keypairs.show('my key'))).toEqual(key)
  expect(known(await client.compute.keypairs.create('my key', 'ssh-ed25519 AAAA'))).toEqual(key)
  expect(cloud.json('POST', `${NOVA}/os-keypairs`)).toEqual({
    keypair: { name: 'my key', public_key: 'ssh-ed25519 AAAA' },
  })
  expect(await client.compute.keypairs.delete('my key')).toBeUndefined()
})

test('limits: -1 is no limit', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const absolute = {
    maxTotalInstances: 10,
    totalInstancesUsed: 3,
    maxTotalCores: -1,
    totalCoresUsed: 24,
    maxTotalRAMSize: 51200,
    totalRAMUsed: 8192,
    maxServerGroups: 10,
    totalServerGroupsUsed: 0,
    maxServerMeta: 128,
    maxTotalKeypairs: 100,
    maxServerGroupMembers: 10,
  }
  cloud.on('GET', `${NOVA}/limits`, { body: { limits: { rate: [], absolute } } })
  expect(known(await client.compute.limits.absolute())).toEqual({
    instances: { limit: 10, used: 3 },
    cores: { limit: null, used: 24 },
    ramMb: { limit: 51200, used: 8192 },
    serverGroups: { limit: 10, used: 0 },
    serverGroupMembers: { limit: 10 },
    keypairs: { limit: 100 },
    serverMetadataItems: { limit: 128 },
  })
})

test('quotas of the own project, and of another', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  const body = {
    quota_set: { id: 'x', instances: detail(10), cores: detail(-1), ram: detail(51200), key_pairs: detail(100) },
  }
  cloud.on('GET', `${NOVA}/os-quota-sets/${PROJECT_ID}/detail`, { body })
  cloud.on('GET', `${NOVA}/os-quota-sets/other/detail`, { body })
  const quotas = {
    instances: { limit: 10, used: 2, reserved: 1 },
    cores: { limit: null, used: 2, reserved: 1 },
    ramMb: { limit: 51200, used: 2, reserved: 1 },
    others: { key_pairs: { limit: 100, used: 2, reserved: 1 } },
  }
  expect(await client.compute.quotas.show()).toEqual(quotas)
  expect(await client.compute.quotas.show('other')).toEqual(quotas)
})

test('availability zones', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', `${NOVA}/os-availability-zone`, {
    body: { availabilityZoneInfo: [zone('nova', true), zone('old', false)] },
  })
  expect(known(await client.compute.availabilityZones.list())).toEqual([
    { name: 'nova', available: true },
    { name: 'old', available: false },
  ])
})
