import { z } from 'zod'
import { flag, number, resource, strings, text, time, type Resource } from '../schema.ts'

export type ImageVisibility = 'public' | 'private' | 'shared' | 'community'

/** A property that Glance sends without a value, or with one that is no text, is in `extra`. */
export interface ImageDetails extends Resource {
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

const known = resource(
  {
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
  },
  (image): Omit<ImageDetails, 'properties' | 'extra'> => ({
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
  }),
)

/** Addresses of the image within Glance, not properties of it. */
const LINKS = new Set(['self', 'file', 'schema', 'direct_url', 'locations'])

/** Glance sends an image's properties among its fields. */
export const imageDetails = known.transform(({ extra, ...image }): ImageDetails => {
  const properties: Record<string, string> = {}
  const others: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(extra)) {
    if (typeof value === 'string' && !LINKS.has(name)) properties[name] = value
    else others[name] = value
  }
  return { ...image, properties, extra: others }
})
