import { z } from 'zod'
import type { Expected } from '../../matrix.ts'

/** `2026-01-31T12:00:00Z` */
const seconds = z.iso.datetime({ precision: 0 })

export const imageShape = z.strictObject({
  id: z.uuid(),
  name: z.string().nullable(),
  owner: z.hex().length(32),
  status: z.enum(['queued', 'saving', 'active', 'deactivated']),
  visibility: z.enum(['public', 'private', 'shared', 'community']),
  protected: z.boolean(),
  os_hidden: z.boolean(),
  disk_format: z.string().nullable(),
  container_format: z.string().nullable(),
  min_disk: z.int(),
  min_ram: z.int(),
  size: z.int().nullable(),
  virtual_size: z.int().nullable(),
  checksum: z.hex().length(32).nullable(),
  os_hash_algo: z.literal('sha512').nullable(),
  os_hash_value: z.hex().length(128).nullable(),
  tags: z.array(z.string()),
  created_at: seconds,
  updated_at: seconds,
  self: z.string().startsWith('/v2/images/'),
  file: z.string().startsWith('/v2/images/'),
  schema: z.literal('/v2/schemas/image'),
})

const full = imageShape.extend({
  size: z.int(),
  virtual_size: z.int(),
  checksum: z.hex().length(32),
  os_hash_algo: z.literal('sha512'),
  os_hash_value: z.hex().length(128),
  stores: z.string(),
})
const empty = imageShape.extend({
  size: z.null(),
  virtual_size: z.null(),
  checksum: z.null(),
  os_hash_algo: z.null(),
  os_hash_value: z.null(),
})

type Status = z.infer<typeof imageShape>['status']

/** As it looks in a status. */
export const imageIn = (status: Status) =>
  (status === 'active' || status === 'deactivated' ? full : empty).extend({ status: z.literal(status) })

/** Where the data of a deactivated image are is told to administrators alone. */
export const deactivatedImage = full.omit({ stores: true }).extend({ status: z.literal('deactivated') })

export const memberShape = z.strictObject({
  image_id: z.uuid(),
  member_id: z.hex().length(32),
  status: z.enum(['pending', 'accepted', 'rejected']),
  created_at: seconds,
  updated_at: seconds,
  schema: z.literal('/v2/schemas/member'),
})

export const memberIn = (status: z.infer<typeof memberShape>['status']) =>
  memberShape.extend({ status: z.literal(status) })

/** Glance's policy, by the name of its rule. */
export const glanceForbids = (rule: string): Expected => ({
  source: 'observed',
  status: 403,
  says: `You are not authorized to complete ${rule} action.`,
})

/** Glance itself refuses bad tokens. */
export const expired: Expected = {
  source: 'observed',
  status: 401,
  says: 'This server could not verify that you are authorized to access the document you requested. …',
}

/** Glance hides what is another project's as if there were none. */
export const noImage: Expected = { source: 'observed', status: 404, says: 'No image found with ID <id>' }
