import type { ServiceClient } from '../transport/service-client.ts'
import { ImageMembers } from './members.ts'
import { Images } from './images.ts'

/** Glance v2. */
export class Image {
  readonly client: ServiceClient
  readonly images: Images
  readonly members: ImageMembers

  constructor(client: ServiceClient) {
    this.client = client
    this.images = new Images(client)
    this.members = new ImageMembers(client)
  }
}
