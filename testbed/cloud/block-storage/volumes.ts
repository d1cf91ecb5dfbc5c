import type { Cloud } from '../cloud.ts'
import type { Effect } from '#testbed/front/rule.ts'
import { uuid } from '../ids.ts'
import type { Image } from '../image/types.ts'
import { badRequest } from '../refusal.ts'
import { checkVolumeQuota } from './quota.ts'
import type { Volume } from './types.ts'

const GIB = 2 ** 30

export interface VolumeWish {
  projectId: string
  userId: string
  sizeGb: number
  name?: string | undefined
  description?: string | null | undefined
  type?: string | undefined
  zone?: string | undefined
  metadata?: Record<string, string> | undefined
  image?: Image | undefined
  snapshotId?: string | undefined
  sourceVolumeId?: string | undefined
  madeFor?: string | undefined
}

/** The first is the one that volumes get where none is named. */
export const volumeTypes = (cloud: Cloud): string[] => cloud.config.seed.volumeTypes

/** Makes a volume. @throws Refusal 400 or 413 in Cinder's words */
export function makeVolume(cloud: Cloud, wish: VolumeWish): Volume {
  const { image, sizeGb } = wish
  if (image !== undefined) checkImage(image, sizeGb)
  checkVolumeQuota(cloud, wish.projectId, 'volumes', sizeGb)
  const now = cloud.now()
  const volume: Volume = {
    id: uuid(),
    name: wish.name ?? '',
    description: wish.description ?? null,
    projectId: wish.projectId,
    userId: wish.userId,
    sizeGb,
    type: wish.type ?? volumeTypes(cloud)[0] ?? '__DEFAULT__',
    zone: wish.zone ?? 'nova',
    bootable: image !== undefined,
    status: image === undefined ? 'creating' : 'downloading',
    attachments: [],
    metadata: wish.metadata ?? {},
    imageMetadata: image === undefined ? null : metadataOf(image),
    snapshotId: wish.snapshotId ?? null,
    sourceVolumeId: wish.sourceVolumeId ?? null,
    madeFor: wish.madeFor ?? null,
    due: null,
    createdAt: now,
    updatedAt: now,
  }
  cloud.volumes.put(volume)
  return volume
}

function checkImage(image: Image, sizeGb: number): void {
  if (image.status !== 'active')
    throw badRequest(`Invalid input received: Invalid image identifier or unable to access requested image.`)
  const imageGb = Math.ceil(Math.max(image.size ?? 0, image.virtualSize ?? 0) / GIB)
  if (imageGb > sizeGb)
    throw badRequest(
      `Invalid input received: Size of specified image ${imageGb}GB is larger than volume size ${sizeGb}GB.`,
    )
  if (image.minDisk > sizeGb)
    throw badRequest(
      `Invalid input received: Volume size ${sizeGb}GB cannot be smaller than the image minDisk size ${image.minDisk}GB.`,
    )
}

const metadataOf = (image: Image): Record<string, string> => ({
  ...image.properties,
  image_id: image.id,
  image_name: image.name ?? '',
  min_disk: String(image.minDisk),
  min_ram: String(image.minRam),
  size: String(image.size ?? 0),
  disk_format: image.diskFormat ?? '',
  container_format: image.containerFormat ?? '',
  checksum: image.md5 ?? '',
})

/** It belongs to the server from now on. @param at when it is in use; at once if absent */
export function attachVolume(cloud: Cloud, volume: Volume, serverId: string, device: string, at?: number): void {
  const attachments = [...volume.attachments, { id: uuid(), serverId, device, attachedAt: cloud.now() }]
  cloud.volumes.put({
    ...volume,
    attachments,
    status: at === undefined ? 'in-use' : 'attaching',
    due: at === undefined ? null : { at, to: 'in-use' },
  })
}

export function detachVolume(cloud: Cloud, volume: Volume, serverId: string): void {
  const attachments = volume.attachments.filter((one) => one.serverId !== serverId)
  cloud.volumes.put({
    ...volume,
    attachments,
    status: 'detaching',
    due: { at: cloud.volumes.soon(), to: 'available' },
  })
}

export function deleteVolume(cloud: Cloud, volume: Volume): void {
  cloud.volumes.put({
    ...volume,
    attachments: [],
    status: 'deleting',
    due: { at: cloud.volumes.soon(), to: 'gone' },
  })
}

/** What a failure between Nova and Cinder makes of a volume that should have been deleted with its server. */
export type KeptVolume = Extract<Effect, { kind: 'keep-volumes' }>['as']

export function keepVolume(cloud: Cloud, volume: Volume, as: KeptVolume): void {
  const attachments = as === 'in-use' ? volume.attachments : []
  cloud.volumes.put({ ...volume, attachments, status: as, due: null })
}
