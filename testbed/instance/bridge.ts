import { existsSync } from 'node:fs'
import { execa } from 'execa'
import type { Instance } from './instance.ts'
import { remove } from './removal.ts'

const ip = (...args: string[]): Promise<unknown> => execa('ip', args)

/** Makes the instance's bridge with the host's address on it, unless it is there; nothing to do on loopback. */
export async function makeBridge({ network, ledger }: Instance): Promise<void> {
  const { bridge } = network
  if (bridge === undefined || existsSync(`/sys/class/net/${bridge}`)) return
  await ledger.make({ kind: 'link', name: bridge }, async () => {
    await ip('link', 'add', bridge, 'type', 'bridge')
    await ip('addr', 'add', `${network.address}/24`, 'dev', bridge)
    await ip('link', 'set', bridge, 'up')
  })
}

export interface Namespace {
  /** As in /run/netns. */
  name: string
  address: string
  remove(): Promise<void>
}

/** Makes a network namespace with one address on the instance's bridge; its end of the cable is `eth0`. */
export async function makeNamespace(instance: Instance, address: string): Promise<Namespace> {
  const { bridge } = instance.network
  if (bridge === undefined) throw new Error('an instance on loopback has no bridge for a namespace')
  await makeBridge(instance)
  const name = `cb-${instance.id}-${address.split('.').at(-1)}`
  // Removing the namespace takes both ends of the cable along.
  const { key } = await instance.ledger.make({ kind: 'netns', name }, async () => {
    await ip('netns', 'add', name)
    await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
    await ip('link', 'set', name, 'master', bridge, 'up')
    await ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'eth0')
    await ip('-n', name, 'link', 'set', 'eth0', 'up')
    await ip('-n', name, 'link', 'set', 'lo', 'up')
  })
  return {
    name,
    address,
    remove: async () => {
      await remove({ kind: 'netns', name })
      instance.ledger.removed(key)
    },
  }
}
