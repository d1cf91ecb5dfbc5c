import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInstance, endInstance } from '#testbed/instance/instance.ts'
import { seedOpenStack } from '#testbed/openstack/seed/seed.ts'
import { startOpenStack } from '#testbed/openstack/start.ts'
import { seed } from './seed.ts'
import type { World } from './world.ts'

/** Real services; there is no Cinder among them. */
export async function realWorld(): Promise<World> {
  const instance = await createInstance({ network: 'loopback' })
  const stop = async (): Promise<void> => {
    const { failed } = await endInstance(instance)
    if (failed.length > 0) throw new Error(`left behind: ${JSON.stringify(failed)}`)
  }
  try {
    const openstack = await startOpenStack(instance, { progress: (line) => console.log(line) })
    const admin = await openstack.admin()
    await seedOpenStack(admin, seed)
    const [region] = openstack.regions
    // neither made nor destroyed while they are there
    const gates = (server: string): string[] =>
      ['stuck-building', 'stuck-deleting'].map((kind) => join(region.hypervisorFolder, `${server}.${kind}`))
    return {
      name: 'OpenStack 2025.1',
      // each look costs what the services need for their work
      lookEvery: 250,
      urls: {
        identity: region.authUrl,
        image: `${admin.url('image', region.name)}/v2`,
        compute: admin.url('compute', region.name),
        network: `${admin.url('network', region.name)}/v2.0`,
        'block-storage': undefined,
      },
      hold: async (server) => gates(server).forEach((gate) => writeFileSync(gate, '')),
      letGo: async (server) => gates(server).forEach((gate) => rmSync(gate, { force: true })),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
