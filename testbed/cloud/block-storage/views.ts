import { microsBare } from '../clock-text.ts'
import type { Cloud } from '../cloud.ts'
import type { Snapshot, Volume } from './types.ts'

export const volumeLinks = (cloud: Cloud, projectId: string, path: string) => [
  { rel: 'self', href: `${cloud.url}/volume/v3/${projectId}/${path}` },
  { rel: 'bookmark', href: `${cloud.url}/volume/${projectId}/${path}` },
]

export const volumeBrief = (cloud: Cloud, volume: Volume) => ({
  id: volume.id,
  name: volume.name,
  links: volumeLinks(cloud, volume.projectId, `volumes/${volume.id}`),
})

export const volumeView = (cloud: Cloud, microversion: number, volume: Volume) => ({
  ...volumeBrief(cloud, volume),
  status: volume.status,
  size: volume.sizeGb,
  availability_zone: volume.zone,
  created_at: microsBare(volume.createdAt),
  updated_at: microsBare(volume.updatedAt),
  description: volume.description,
  volume_type: volume.type,
  snapshot_id: volume.snapshotId,
  source_volid: volume.sourceVolumeId,
  metadata: volume.metadata,
  user_id: volume.userId,
  bootable: String(volume.bootable),
  encrypted: false,
  replication_status: null,
  consistencygroup_id: null,
  multiattach: false,
  attachments: volume.attachments.map((one) => ({
    id: volume.id,
    attachment_id: one.id,
    volume_id: volume.id,
    server_id: one.serverId,
    host_name: null,
    device: one.device,
    attached_at: microsBare(one.attachedAt),
  })),
  'os-vol-tenant-attr:tenant_id': volume.projectId,
  ...(volume.imageMetadata !== null && { volume_image_metadata: volume.imageMetadata }),
  ...(microversion >= 13 && { group_id: null }),
  ...(microversion >= 48 && { shared_targets: false, service_uuid: null }),
})

export const snapshotView = (snapshot: Snapshot) => ({
  id: snapshot.id,
  name: snapshot.name,
  description: snapshot.description,
  status: snapshot.status,
  volume_id: snapshot.volumeId,
  size: snapshot.sizeGb,
  metadata: snapshot.metadata,
  created_at: microsBare(snapshot.createdAt),
  updated_at: microsBare(snapshot.updatedAt),
  'os-extended-snapshot-attributes:progress': snapshot.status === 'available' ? '100%' : '0%',
  'os-extended-snapshot-attributes:project_id': snapshot.projectId,
})
