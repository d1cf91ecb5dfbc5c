import { z } from 'zod'
import { flag, resource, text, time, type Fields, type Resource } from '../schema.ts'

export interface VolumeAttachment {
  /** Id of the attachment itself. */
  id: string | null
  /** Null for a volume that is attached to a host of the cloud's own. */
  serverId: string | null
  /** As the guest sees it: `/dev/vda`. */
  device: string | null
  attachedAt: string | null
}

export interface Volume extends Resource {
  id: string
  name: string | null
  description: string | null
  /** `creating`, `downloading`, `available`, `reserved`, `attaching`, `in-use`, `detaching`, `deleting`, `error`, `error_deleting`, … */
  status: string
  sizeGb: number
  volumeType: string | null
  availabilityZone: string | null
  bootable: boolean
  encrypted: boolean | null
  multiattach: boolean | null
  attachments: VolumeAttachment[]
  metadata: Record<string, string>
  /** Of the image that it was made from (`image_id`, `image_name`, `min_disk`, …); empty for any other volume. */
  imageMetadata: Record<string, string>
  snapshotId: string | null
  sourceVolumeId: string | null
  projectId: string | null
  userId: string | null
  createdAt: string | null
  updatedAt: string | null
}

const attachment = z
  .object({ attachment_id: text, server_id: text, device: text, attached_at: time })
  .transform(({ attachment_id, server_id, device, attached_at }): VolumeAttachment => {
    return { id: attachment_id, serverId: server_id, device, attachedAt: attached_at }
  })

/** Cinder says `"true"`, in a text. */
const truth = z.union([z.boolean(), z.string()]).nullish()

export const volume = resource(
  {
    id: z.string(),
    name: text,
    description: text,
    status: z.string(),
    size: z.number(),
    volume_type: text,
    availability_zone: text,
    bootable: truth,
    encrypted: flag,
    multiattach: flag,
    attachments: z.array(attachment).nullish(),
    metadata: z.record(z.string(), z.string()).nullish(),
    volume_image_metadata: z.record(z.string(), z.string()).nullish(),
    snapshot_id: text,
    source_volid: text,
    'os-vol-tenant-attr:tenant_id': text,
    user_id: text,
    created_at: time,
    updated_at: time,
  },
  (body): Fields<Volume> => ({
    id: body.id,
    name: body.name || null,
    description: body.description || null,
    status: body.status,
    sizeGb: body.size,
    volumeType: body.volume_type,
    availabilityZone: body.availability_zone,
    bootable: String(body.bootable).toLowerCase() === 'true',
    encrypted: body.encrypted,
    multiattach: body.multiattach,
    attachments: body.attachments ?? [],
    metadata: body.metadata ?? {},
    imageMetadata: body.volume_image_metadata ?? {},
    snapshotId: body.snapshot_id,
    sourceVolumeId: body.source_volid,
    projectId: body['os-vol-tenant-attr:tenant_id'],
    userId: body.user_id,
    createdAt: body.created_at,
    updatedAt: body.updated_at,
  }),
)
