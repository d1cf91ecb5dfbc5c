import {
  attachVolume,
  deleteVolume,
  detachVolume,
  keepVolume,
  makeVolume,
  volumeTypes,
} from '../block-storage/volumes.ts'
import type { Volume } from '../block-storage/types.ts'
import type { Cloud } from '../cloud.ts'
import { projectOf } from '../identity/roles.ts'
import type { Principal } from '../identity/types.ts'
import type { Image } from '../image/types.ts'
import { badRequest } from '../refusal.ts'
import type { DeviceWish } from './create-schema.ts'
import type { Server } from './types.ts'

/** A volume that a server shall have: made of an image, or one that there is. */
export type BootDevice = { boot: boolean; deleteOnTermination: boolean; device: string } & (
  | { kind: 'made'; image: Image; sizeGb: number; type: string | undefined }
  | { kind: 'given'; volume: Volume }
)

const BOOT_SEQUENCE =
  'Block Device Mapping is Invalid: Boot sequence for the instance and image/block device mapping combination is not valid.'

/** The root device of a server that runs from a volume. */
export const isVolumeBacked = (server: Server): boolean => server.volumes.some(({ boot }) => boot)

/**
 * Reads block_device_mapping_v2. @throws Refusal 400 in Nova's words
 * @param imageOf an image that may be booted, or its refusal
 */
export function bootDevices(
  cloud: Cloud,
  who: Principal,
  wishes: readonly DeviceWish[],
  imageRef: string | undefined,
  imageOf: (ref: string) => Image,
): BootDevice[] {
  const boots = wishes.filter((wish) => Number(wish.boot_index ?? -1) === 0)
  const fromImage = imageRef !== undefined && imageRef !== ''
  if (boots.length > 1 || (boots.length === 0 && !fromImage)) throw badRequest(BOOT_SEQUENCE)
  if (fromImage && boots[0] !== undefined && boots[0].uuid !== imageRef) throw badRequest(BOOT_SEQUENCE)
  return wishes.map((wish, n) => {
    const boot = wish === boots[0]
    const device = wish.device_name ?? `/dev/vd${String.fromCodePoint(97 + n + (boots.length === 0 ? 1 : 0))}`
    const common = { boot, device, deleteOnTermination: isTrue(wish.delete_on_termination) }
    if (wish.source_type === 'volume') {
      const volume = cloud.state.volumes.get(wish.uuid ?? '')
      if (volume?.projectId !== projectOf(who) || volume.status !== 'available')
        throw badRequest(`Block Device Mapping is Invalid: failed to get volume ${wish.uuid}.`)
      return { ...common, kind: 'given', volume }
    }
    if (wish.source_type !== 'image' || wish.destination_type !== 'volume')
      throw badRequest('Block Device Mapping is Invalid: this cloud makes volumes of images only.')
    if (wish.volume_size == null)
      throw badRequest("Images with destination_type 'volume' need to have a non-zero size specified")
    if (wish.volume_type != null && !volumeTypes(cloud).includes(wish.volume_type))
      throw badRequest(`Volume type ${wish.volume_type} could not be found.`)
    const image = imageOf(wish.uuid ?? '')
    const gib = 2 ** 30
    if (boot && image.minDisk > wish.volume_size)
      throw badRequest(
        'Volume is smaller than the minimum size specified in image metadata. ' +
          `Volume size is ${wish.volume_size * gib} bytes, minimum size is ${image.minDisk * gib} bytes.`,
      )
    return { ...common, kind: 'made', image, sizeGb: wish.volume_size, type: wish.volume_type ?? undefined }
  })
}

const isTrue = (value: boolean | string | null | undefined): boolean => /^(1|t|true)$/i.test(String(value))

/** Makes and takes the volumes of a server that is being built. @throws Refusal of Cinder */
export function takeVolumes(cloud: Cloud, server: Server, devices: readonly BootDevice[]): Server {
  const volumes = devices.map((one) => {
    const { boot, device, deleteOnTermination } = one
    if (one.kind === 'given') {
      cloud.volumes.put({ ...one.volume, status: 'reserved' })
      return { id: one.volume.id, boot, device, deleteOnTermination }
    }
    const made = makeVolume(cloud, {
      projectId: server.projectId,
      userId: server.userId,
      sizeGb: one.sizeGb,
      type: one.type,
      image: one.image,
      ...(deleteOnTermination && { madeFor: server.id }),
    })
    return { id: made.id, boot, device, deleteOnTermination }
  })
  return { ...server, volumes }
}

/** The volumes of a server that has been built are in use. */
export function holdVolumes(cloud: Cloud, server: Server): void {
  for (const { id, device } of server.volumes) {
    const volume = cloud.state.volumes.get(id)
    if (volume !== undefined && volume.attachments.length === 0) attachVolume(cloud, volume, server.id, device)
  }
}

/** What Nova does to the volumes of a server that goes: those that are to die with it are deleted, the others become free. */
export function releaseVolumes(cloud: Cloud, server: Server): void {
  for (const { id, deleteOnTermination } of server.volumes) {
    const volume = cloud.state.volumes.get(id)
    if (volume === undefined || volume.status === 'deleting') continue
    if (server.keepsVolumes !== null) keepVolume(cloud, volume, server.keepsVolumes)
    else if (deleteOnTermination) deleteVolume(cloud, volume)
    else detachVolume(cloud, volume, server.id)
  }
}
