import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareMicroversions, negotiateMicroversion } from '../../src/discovery/microversion.ts'
import { failureOf } from '../failure.ts'
import { collect } from '../../src/index.ts'
import { ScriptedCloud } from '../scripted-cloud.ts'

const minor = fc.nat(120)
const v = (n: number): string => `2.${n}`

test('the order is that of the numbers, not of the text', () => {
  fc.assert(
    fc.property(minor, minor, (a, b) => {
      expect(Math.sign(compareMicroversions(v(a), v(b)))).toBe(Math.sign(a - b))
    }),
  )
})

test('the result lies within both ranges and is the newest such; else it is an error', () => {
  fc.assert(
    fc.property(minor, minor, minor, minor, (a, b, c, d) => {
      const wish = { min: v(Math.min(a, b)), wanted: v(Math.max(a, b)) }
      const cloud = { min: v(Math.min(c, d)), max: v(Math.max(c, d)) }
      const best = Math.min(Math.max(a, b), Math.max(c, d))
      const refusal = `compute: no microversion in common: the cloud has ${cloud.min} to ${cloud.max}, needed is ${wish.min} to ${wish.wanted}`
      const within = best >= Math.min(a, b) && best >= Math.min(c, d)
      expect(outcomeOf(() => negotiateMicroversion('compute', wish, cloud))).toBe(within ? v(best) : refusal)
    }),
  )
})

function outcomeOf(negotiate: () => string): string {
  try {
    return negotiate()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

test('it is settled once for all calls, and sent with each in both headers', async () => {
  await using cloud = await ScriptedCloud.start()
  cloud.microversions = { min: '2.1', max: '2.60' }
  await using client = cloud.connect()
  cloud.on('GET', '/compute/v2.1/os-availability-zone', { body: { availabilityZoneInfo: [] } })
  const list = () => client.compute.availabilityZones.list()
  await Promise.all([list(), list(), list()])
  expect(cloud.calls('GET', '/compute/v2.1/')).toHaveLength(1)
  expect(await client.compute.microversion()).toBe('2.60')
  for (const { headers } of cloud.calls('GET', '/compute/v2.1/os-availability-zone')) {
    expect(headers['openstack-api-version']).toBe('compute 2.60')
    expect(headers['x-openstack-nova-api-version']).toBe('2.60')
  }
})

test('a cloud that is too old is told so before anything is asked of it', async () => {
  await using cloud = await ScriptedCloud.start()
  cloud.microversions = { min: '2.1', max: '2.25' }
  await using client = cloud.connect({ computeMicroversion: { min: '2.52' } })
  expect(await failureOf(client.compute.servers.show('s1'))).toMatchObject({
    code: 'MicroversionUnsupported',
    message: 'compute: no microversion in common: the cloud has 2.1 to 2.25, needed is 2.52 to 2.79',
  })
})

test('a failed discovery is tried again by the next call', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect()
  cloud.on('GET', '/compute/v2.1/', [{ status: 500 }, { body: cloud.versionDocument() }])
  expect(await failureOf(client.compute.microversion())).toMatchObject({ status: 500 })
  expect(await client.compute.microversion()).toBe('2.79')
})

test('an override replaces the catalog, with or without a version, and a root document will do', async () => {
  await using cloud = await ScriptedCloud.start()
  await using client = cloud.connect(
    {},
    {
      compute_endpoint_override: `${cloud.url}/elsewhere/v2.1/${'ab'.repeat(16)}`,
      network_endpoint_override: `${cloud.url}/nets`,
    },
  )
  const old = { id: 'v2.0', status: 'SUPPORTED', version: '', min_version: '' }
  const current = { id: 'v2.1', status: 'CURRENT', version: '2.70', min_version: '2.1' }
  cloud.on('GET', '/elsewhere/v2.1/', { body: { versions: [old, current] } })
  cloud.on('GET', '/nets/v2.0/ports', { body: { ports: [] } })
  expect(await client.compute.microversion()).toBe('2.70')
  expect(await collect(client.network.ports.list())).toEqual([])
})
