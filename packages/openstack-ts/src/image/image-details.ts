import { z } from 'zod'
import { flag, number, strings, text, time } from '../schema.ts'

export type ImageVisibility = 'public' | 'private' | 'shared' | 'community'

export interface ImageDetails {
  id: string
  /** Glance allows an image without a name. */
  name: string | null
  /** `queued`, `saving`, `uploading`, `importing`, `active`, `deactivated`, `killed`, `deleted`, `pending_delete`. */
  status: string
  visibility: ImageVisibility
  /** Id of the owning project. */
  owner: string | null
  /** Bytes as stored, compressed for qcow2; null until there are data. */
  sizeBytes: number | null
  /** Bytes as a guest sees the disk, if Glance has looked. */
  virtualSizeBytes: number | null
  minDiskGb: number
  minRamMb: number
  diskFormat: string | null
  containerFormat: string | null
  /** MD5 of the data. */
  checksum: string | null
  /** Name of the stronger hash, e.g. `sha512`, and the hash. */
  hashAlgorithm: string | null
  hashValue: string | null
  protected: boolean
  hidden: boolean
  tags: string[]
  /** Ids of the stores that have its data; empty on clouds with one store. */
  stores: string[]
  createdAt: string | null
  updatedAt: string | null
  /** All other properties that are text: `os_distro`, `image_type` (`snapshot`), `base_image_ref`, the owner's own. */
  properties: Record<string, string>
}

const known = z.object({
  id: z.string(),
  name: text,
  status: z.string(),
  visibility: z.enum(['public', 'private', 'shared', 'community']),
  owner: text,
  size: number,
  virtual_size: number,
  min_disk: number,
  min_ram: number,
  disk_format: text,
  container_format: text,
  checksum: text,
  os_hash_algo: text,
  os_hash_value: text,
  protected: flag,
  os_hidden: flag,
  tags: strings,
  stores: text,
  created_at: time,
  updated_at: time,
})

/** Addresses of the image within Glance, not properties of it. */
const LINKS = ['self', 'file', 'schema', 'direct_url', 'locations']

export const imageDetails = z.record(z.string(), z.unknown()).transform((body, context): ImageDetails => {
  const result = known.safeParse(body)
  if (!result.success) {
    for (const { path, message } of result.error.issues) context.addIssue({ code: 'custom', path: [...path], message })
    return z.NEVER
  }
  const image = result.data
  return {
    id: image.id,
    name: image.name,
    status: image.status,
    visibility: image.visibility,
    owner: image.owner,
    sizeBytes: image.size,
    virtualSizeBytes: image.virtual_size,
    minDiskGb: image.min_disk ?? 0,
    minRamMb: image.min_ram ?? 0,
    diskFormat: image.disk_format,
    containerFormat: image.container_format,
    checksum: image.checksum,
    hashAlgorithm: image.os_hash_algo,
    hashValue: image.os_hash_value,
    protected: image.protected ?? false,
    hidden: image.os_hidden ?? false,
    tags: image.tags,
    stores: image.stores?.split(',').filter((store) => store !== '') ?? [],
    createdAt: image.created_at,
    updatedAt: image.updated_at,
    properties: propertiesOf(body),
  }
})

function propertiesOf(body: Readonly<Record<string, unknown>>): Record<string, string> {
  const properties: Record<string, string> = {}
  for (const [name, value] of Object.entries(body)) {
    if (typeof value === 'string' && !(name in known.shape) && !LINKS.includes(name)) properties[name] = value
  }
  return properties
}
