export type VolumeStatus =
  | 'creating'
  | 'downloading'
  | 'available'
  | 'reserved'
  | 'attaching'
  | 'in-use'
  | 'detaching'
  | 'deleting'
  | 'error'
  | 'error_deleting'

export interface Attachment {
  id: string
  serverId: string
  device: string
  attachedAt: number
}

/** What becomes of a volume or snapshot by itself, and when. */
export interface VolumeDue {
  at: number
  to: 'available' | 'in-use' | 'gone'
}

export interface Volume {
  id: string
  name: string
  description: string | null
  projectId: string
  userId: string
  sizeGb: number
  type: string
  zone: string
  bootable: boolean
  status: VolumeStatus
  attachments: Attachment[]
  metadata: Record<string, string>
  /** Of the image that it was made from. */
  imageMetadata: Record<string, string> | null
  snapshotId: string | null
  sourceVolumeId: string | null
  /** The server for which Nova made it, to be deleted with it; no API tells that. */
  madeFor: string | null
  due: VolumeDue | null
  createdAt: number
  updatedAt: number
}

export interface Snapshot {
  id: string
  name: string | null
  description: string | null
  projectId: string
  volumeId: string
  sizeGb: number
  status: 'creating' | 'available' | 'deleting'
  metadata: Record<string, string>
  due: VolumeDue | null
  createdAt: number
  updatedAt: number
}

export interface VolumeQuota {
  projectId: string
  limits: Record<string, number>
}
