import { z } from 'zod'
import { resource, time, type Fields, type Resource } from '../schema.ts'
import { paginate } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export type MemberStatus = 'pending' | 'accepted' | 'rejected'

/** A project that an image is shared with. */
export interface ImageMember extends Resource {
  imageId: string
  /** Id of the project. */
  memberId: string
  status: MemberStatus
  createdAt: string | null
  updatedAt: string | null
}

const member = resource(
  {
    image_id: z.string(),
    member_id: z.string(),
    status: z.enum(['pending', 'accepted', 'rejected']),
    created_at: time,
    updated_at: time,
  },
  ({ image_id, member_id, status, created_at, updated_at }): Fields<ImageMember> => {
    return { imageId: image_id, memberId: member_id, status, createdAt: created_at, updatedAt: updated_at }
  },
)

/** Sharing: the owner creates a member, the member itself accepts or rejects. https://docs.openstack.org/api-ref/image/v2/#sharing */
export class ImageMembers {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** All members for the owner; a member sees itself only. */
  list(imageId: string, options: CallOptions = {}): AsyncGenerator<ImageMember, void, undefined> {
    return paginate(this.#client, path`/images/${imageId}/members`, 'members', member, {}, options)
  }

  show(imageId: string, projectId: string, options: CallOptions = {}): Promise<ImageMember> {
    return this.#client.get(path`/images/${imageId}/members/${projectId}`, member, options)
  }

  /** @throws OpenStackError `Conflict` if it is a member already, `Forbidden` if the image is not `shared` */
  create(imageId: string, projectId: string, options: CallOptions = {}): Promise<ImageMember> {
    return this.#client.post(path`/images/${imageId}/members`, { member: projectId }, member, options)
  }

  /** To be asked with a token of the member project: the owner is refused. */
  update(imageId: string, projectId: string, status: MemberStatus, options: CallOptions = {}): Promise<ImageMember> {
    return this.#client.put(path`/images/${imageId}/members/${projectId}`, { status }, member, options)
  }

  async delete(imageId: string, projectId: string, options: CallOptions = {}): Promise<void> {
    await this.#client.delete(path`/images/${imageId}/members/${projectId}`, options)
  }
}
