import { seconds } from '../clock-text.ts'
import { isAdmin } from '../identity/roles.ts'
import type { Principal } from '../identity/types.ts'
import type { Image, Member } from './types.ts'

/** An image as Glance v2 shows it to a project; own properties stand beside the fixed ones. */
export const imageView = (image: Image, who: Principal) => ({
  ...image.properties,
  id: image.id,
  name: image.name,
  owner: image.owner,
  status: image.status,
  visibility: image.visibility,
  protected: image.protected,
  os_hidden: image.hidden,
  disk_format: image.diskFormat,
  container_format: image.containerFormat,
  min_disk: image.minDisk,
  min_ram: image.minRam,
  size: image.size,
  virtual_size: image.virtualSize,
  checksum: image.md5,
  os_hash_algo: image.sha512 === null ? null : 'sha512',
  os_hash_value: image.sha512,
  tags: image.tags,
  created_at: seconds(image.createdAt),
  updated_at: seconds(image.updatedAt),
  self: `/v2/images/${image.id}`,
  file: `/v2/images/${image.id}/file`,
  schema: '/v2/schemas/image',
  ...((image.status === 'active' || (image.status === 'deactivated' && isAdmin(who))) && { stores: STORE }),
})

/** The only one that there is. */
const STORE = 'file1'

export const memberView = (member: Member) => ({
  image_id: member.imageId,
  member_id: member.project,
  status: member.status,
  created_at: seconds(member.createdAt),
  updated_at: seconds(member.updatedAt),
  schema: '/v2/schemas/member',
})
