import type { Cloud } from '../cloud.ts'
import type { Server } from '../compute/types.ts'
import { storeMadeUp } from './content.ts'
import type { Image } from './types.ts'

const SNAPSHOT_BYTES = 1 << 20

interface Wish {
  id: string
  name: string
  owner: string
  properties: Record<string, string>
  server: Server
}

/** Nova's createImage: an image in `queued` at once, active with made-up contents after a while. */
export function startSnapshot(cloud: Cloud, { id, name, owner, properties, server }: Wish): void {
  const now = cloud.now()
  const origin = cloud.state.images.get(server.imageId)
  const at = now + cloud.timings().snapshotMs
  const image: Image = {
    id,
    name,
    owner,
    status: 'queued',
    visibility: 'private',
    protected: false,
    hidden: false,
    diskFormat: origin?.diskFormat ?? 'raw',
    containerFormat: 'bare',
    // The root disk of the server that it was: what it must fit on again.
    minDisk: server.flavor.diskGb,
    minRam: origin?.minRam ?? 0,
    size: null,
    virtualSize: null,
    md5: null,
    sha512: null,
    content: null,
    tags: [],
    properties: {
      ...properties,
      image_type: 'snapshot',
      instance_uuid: server.id,
      user_id: server.userId,
      base_image_ref: server.imageId,
      owner_project_name: cloud.state.projects.get(owner)?.name ?? '',
    },
    createdAt: now,
    updatedAt: now,
    activeAt: at,
  }
  cloud.state.images.put(id, image)
  cloud.life.put({
    ...server,
    taskState: 'image_snapshot',
    updatedAt: now,
    due: { at, event: 'settled', vmState: server.vmState, powerState: server.powerState },
  })
  cloud.snapshots.arm(image)
}

/** Finishes snapshots at their time, through restarts too. */
export class Snapshots {
  readonly #cloud: Cloud
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(cloud: Cloud) {
    this.#cloud = cloud
  }

  resume(): void {
    for (const image of this.#cloud.state.images.values()) this.arm(image)
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  arm(image: Image): void {
    if (image.activeAt === null) return
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        this.#finish(image.id)
      },
      Math.max(0, image.activeAt - this.#cloud.now()),
    )
    this.#timers.add(timer)
  }

  #finish(id: string): void {
    const image = this.#cloud.state.images.get(id)
    if (image === undefined || image.activeAt === null) return // deleted meanwhile
    const { content, size, md5, sha512 } = storeMadeUp(id, SNAPSHOT_BYTES)
    const now = this.#cloud.now()
    const done = {
      status: 'active',
      content,
      size,
      virtualSize: size,
      md5,
      sha512,
      activeAt: null,
      updatedAt: now,
    } as const
    this.#cloud.state.images.put(id, { ...image, ...done })
    this.#cloud.commit()
  }
}
