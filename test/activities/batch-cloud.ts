import { cloudConfigFromEntry, OpenStack, type ServerCreate } from 'openstack-ts'
import { controlPlaneKey, tenantKey, type VmProof } from '#domain/vm/ownership.ts'
import { siteSeed } from '#testbed/cloud/seed.ts'
import { startCloud, type RunningCloud } from '#testbed/cloud/start.ts'

const controlPlane = 'the-test'

/** A cloud of the test's own, in this process, and a connection to its batch project. */
export interface BatchCloud {
  cloud: RunningCloud
  batch: OpenStack
  owner: OpenStack
  /** Id by name. */
  flavors: Map<string, string>
  images: Map<string, string>
  /** What the record of a VM of this name says that was asked for: `open` as `c2-7.5gb-31`, for ada. */
  proof(vm: string, serverId?: string): VmProof
  /** Asks for just that. */
  wish(vm: string): ServerCreate
  /** The same, run from a volume that is made of the image. */
  volumeWish(vm: string, deleteOnTermination?: boolean): ServerCreate
  /** As an administrator of the cloud. */
  admin: OpenStack
  stop(): Promise<void>
}

export async function batchCloud(): Promise<BatchCloud> {
  const cloud = await startCloud({
    name: 'arbutus',
    listen: '127.0.0.1:0',
    stateFile: null,
    hypervisorFolder: null,
    imageFolder: null,
    adminToken: 'admin-token',
    timings: { buildMs: 50, deleteMs: 50, volumeMs: 50 },
    seed: siteSeed({
      network: { cidr: '10.9.0.0/24' },
      admin: { name: 'admin', password: 'admin' },
      batch: { project: 'canfar-batch', user: 'batch', password: 'batch' },
      users: [
        { name: 'alice', password: 'alice', project: 'cosmology' },
        { name: 'bob', password: 'bob', project: 'planets' },
      ],
      images: [
        { name: 'soft', owner: 'cosmology', visibility: 'private' },
        { name: 'theirs', owner: 'planets', visibility: 'private' },
        { name: 'open', owner: 'planets', visibility: 'public' },
      ],
    }),
  })
  const as = (username: string, project: string) =>
    OpenStack.connect(
      cloudConfigFromEntry('arbutus', {
        auth: {
          auth_url: cloud.authUrl,
          username,
          password: username,
          project_name: project,
          user_domain_name: 'Default',
          project_domain_name: 'Default',
        },
      }),
      { retry: {} },
    )
  const batch = as('batch', 'canfar-batch')
  const owner = as('alice', 'cosmology')
  const admin = as('admin', 'admin')
  const flavors = new Map<string, string>()
  for await (const { id, name } of batch.compute.flavors.list()) flavors.set(name, id)
  const { images } = await cloud.admin.inventory()
  const batchProject = await batch.projectId()
  const ids = new Map(images.map(({ id, name }) => [name ?? id, id]))
  const flavor = { id: flavors.get('c2-7.5gb-31') ?? '', name: 'c2-7.5gb-31' }
  const image = { id: ids.get('open') ?? '' }
  return {
    proof: (vm, serverId) => ({
      vm,
      controlPlane,
      order: { batchProject, tenant: 'ada', image, flavor },
      ...(serverId === undefined ? {} : { serverId }),
    }),
    wish: (name) => ({
      name,
      flavorId: flavor.id,
      imageId: image.id,
      metadata: { [controlPlaneKey]: controlPlane, [tenantKey]: 'ada' },
    }),
    volumeWish: (name, deleteOnTermination = true) => ({
      name,
      flavorId: flavor.id,
      blockDevices: [
        {
          sourceType: 'image',
          destinationType: 'volume',
          sourceId: image.id,
          bootIndex: 0,
          sizeGb: 8,
          deleteOnTermination,
        },
      ],
      metadata: { [controlPlaneKey]: controlPlane, [tenantKey]: 'ada' },
    }),
    admin,
    cloud,
    batch,
    owner,
    flavors,
    images: ids,
    async stop() {
      await Promise.all([batch.close(), owner.close(), admin.close()])
      await cloud.stop()
    },
  }
}
