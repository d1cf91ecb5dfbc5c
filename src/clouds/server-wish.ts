import type { BlockDevice, ServerCreate } from 'openstack-ts'
import type { BootVolume } from '#domain/boot-volume.ts'

/** What the site's configuration says of all servers on a cloud. */
export interface BootPolicy {
  securityGroups: readonly string[]
  keyName?: string | undefined
  availabilityZone?: string | undefined
  serverGroup?: string | undefined
  configDrive: boolean
}

export interface BootWish {
  name: string
  image: { id: string }
  flavor: { id: string }
  /** What it boots from, if not from a disk of its own. */
  bootVolume?: BootVolume | undefined
  /** The project's only network if absent. */
  networkId?: string | undefined
  userData: Uint8Array | string
  metadata: Readonly<Record<string, string>>
}

/** The content of a create call. */
export function serverWish(policy: BootPolicy | undefined, wish: BootWish): ServerCreate {
  return {
    name: wish.name,
    flavorId: wish.flavor.id,
    ...bootSource(wish),
    networks: wish.networkId === undefined ? 'auto' : [{ networkId: wish.networkId }],
    userData: wish.userData,
    metadata: wish.metadata,
    ...(policy?.configDrive === true ? { configDrive: true } : {}),
    ...(policy?.keyName === undefined ? {} : { keyName: policy.keyName }),
    ...(policy?.availabilityZone === undefined ? {} : { availabilityZone: policy.availabilityZone }),
    ...(policy?.serverGroup === undefined ? {} : { schedulerHints: { group: policy.serverGroup } }),
    ...(policy === undefined || policy.securityGroups.length === 0 ? {} : { securityGroups: policy.securityGroups }),
  }
}

/** The image itself, or a volume that Nova makes of it and deletes with the server. */
function bootSource({ image, bootVolume }: BootWish): Pick<ServerCreate, 'imageId' | 'blockDevices'> {
  if (bootVolume === undefined) return { imageId: image.id }
  const root: BlockDevice = {
    sourceType: 'image',
    destinationType: 'volume',
    sourceId: image.id,
    bootIndex: 0,
    sizeGb: bootVolume.sizeGb,
    volumeType: bootVolume.type,
    deleteOnTermination: true,
  }
  return { blockDevices: [root] }
}
