import { join } from 'node:path'
import { collect, loadCloudConfig, OpenStack } from 'openstack-ts'
import type { Site } from '#testbed/site/site.ts'
import type { SeedInput } from '#testbed/cloud/config.ts'
import { FLAVOR } from '#testbed/site/words.ts'

/** A server in the batch project that is none of this control plane's. */
export interface Planted {
  cloud: string
  id: string
  name: string
  metadata: Record<string, string>
}

const BASE = 'everybodys-base'

/** What a cloud needs so that others can boot servers in the batch project. */
export const withBaseImage = (usual: SeedInput): SeedInput => ({
  ...usual,
  images: [...(usual.images ?? []), { name: BASE, owner: 'admin', visibility: 'public', size: 1024 }],
})

const controlPlaneKey = 'canfar-batch.control-plane'

/** On each cloud: another's server, one of another control plane with a name like ours, and one whose metadata are copied from ours. */
export async function plantForeigners(site: Site): Promise<Planted[]> {
  const planted: Planted[] = []
  for (const [cloud, { admin }] of Object.entries(site.clouds)) {
    const wishes = [
      { name: `database-${cloud}`, metadata: {} },
      { name: `canfar-${cloud}-00c0ffee00c0ffee`, metadata: { [controlPlaneKey]: 'another-site' } },
      { name: `copied-${cloud}`, metadata: { [controlPlaneKey]: `site-${site.instance.id}` } },
    ]
    await using openstack = OpenStack.connect(
      loadCloudConfig({
        cloud,
        env: {},
        cwd: '/',
        files: { clouds: join(site.instance.folder, 'site', 'clouds.yaml') },
      }),
    )
    const image = (await admin.inventory()).images.find(({ name }) => name === BASE)
    const flavor = (await collect(openstack.compute.flavors.list())).find(({ name }) => name === FLAVOR)
    for (const { name, metadata } of wishes) {
      const { id } = await openstack.compute.servers.create({
        name,
        metadata,
        imageId: image?.id ?? '',
        flavorId: flavor?.id ?? '',
        networks: 'auto',
      })
      planted.push({ cloud, id, name, metadata })
    }
  }
  return planted
}
