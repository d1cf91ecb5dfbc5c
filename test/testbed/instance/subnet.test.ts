import { expect, it } from 'vitest'
import fc from 'fast-check'
import { networkOf, overlap, SUBNETS } from '#testbed/instance/subnet.ts'

const id = fc.stringMatching(/^[a-z][a-z2-9]{4}$/)

it('derives names and addresses that the host accepts from any id', () => {
  fc.assert(
    fc.property(id, fc.nat(SUBNETS), (name, attempt) => {
      const network = networkOf(name, 'bridge', attempt)
      expect(network.bridge?.length).toBeLessThanOrEqual(15)
      expect(overlap(`${network.address}/32`, '10.64.0.0/10')).toBe(true)
      expect(overlap(`${network.loopback}/32`, '127.64.0.0/10')).toBe(true)
      expect(network.port).toBeLessThan(32_768 - 4)
      expect(networkOf(name, 'loopback', attempt).address).toBe(network.loopback)
    }),
  )
})

it('offers another subnet at each attempt until all were offered', () => {
  const offered = new Set(Array.from({ length: SUBNETS }, (_, attempt) => networkOf('abcde', 'bridge', attempt).prefix))
  expect(offered.size).toBe(SUBNETS)
})

it('sees which networks share addresses', () => {
  expect(overlap('10.77.5.0/24', '10.77.0.0/16')).toBe(true)
  expect(overlap('10.77.5.9', '10.77.5.0/24')).toBe(true)
  expect(overlap('10.77.5.0/24', '10.77.6.0/24')).toBe(false)
  expect(overlap('192.168.0.0/16', '10.0.0.0/8')).toBe(false)
  expect(overlap('default', '10.77.5.0/24')).toBe(false)
  expect(overlap('0.0.0.0/0', '10.77.5.0/24')).toBe(false)
})
