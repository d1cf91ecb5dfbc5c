import type { ServiceClient } from '../transport/service-client.ts'
import { ImageInfo } from './info.ts'
import { Images } from './images.ts'
import { ImageMembers } from './members.ts'
import { ImageTags } from './tags.ts'
import { ImageTasks } from './tasks.ts'

/** Glance v2. https://docs.openstack.org/api-ref/image/v2/ */
export class Image {
  readonly client: ServiceClient
  readonly images: Images
  readonly members: ImageMembers
  readonly tags: ImageTags
  readonly tasks: ImageTasks
  readonly info: ImageInfo

  constructor(client: ServiceClient) {
    this.client = client
    this.images = new Images(client)
    this.members = new ImageMembers(client)
    this.tags = new ImageTags(client)
    this.tasks = new ImageTasks(client)
    this.info = new ImageInfo(client)
  }
}
