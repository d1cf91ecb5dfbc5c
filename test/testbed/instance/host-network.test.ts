import { createServer } from 'node:net'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { freePort, isFree, mayMakeBridges } from '#testbed/instance/host-network.ts'
import { mountsBelow } from '#testbed/instance/removal.ts'

it('passes over a port that somebody listens on', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = Object(server.address()) as { port: number }
  expect(await isFree('127.0.0.1', port)).toBe(false)
  expect(await freePort('127.0.0.1', port)).toBeGreaterThan(port)
  server.close()
})

it('makes no bridge without the rights to it, root or not', () => {
  expect(mayMakeBridges('CapEff:\t0000000000000000\n')).toBe(false)
  expect(mayMakeBridges('CapEff:\t00000000a80425fb\n')).toBe(false)
})

it('finds what is mounted below a folder, the deepest first', () => {
  const line = (point: string): string => `36 35 98:0 / ${point} rw,noatime shared:1 - ext4 /dev/root rw`
  const info = ['/a', '/a/b', '/a/b/c\\040d', '/ab'].map(line).join('\n')
  expect(mountsBelow('/a', info)).toEqual(['/a/b/c d', '/a/b', '/a'])
})
