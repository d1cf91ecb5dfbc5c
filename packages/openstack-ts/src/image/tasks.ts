import { z } from 'zod'
import { resource, text, time, type Fields, type Resource } from '../schema.ts'
import { paginate, type PageOptions } from '../transport/paginate.ts'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

/** What Glance does for a while. Read only here: images are imported with {@link Images.import}, not with tasks. */
export interface ImageTask extends Resource {
  id: string
  /** `api_image_import`, `import`, … */
  type: string
  status: 'pending' | 'processing' | 'success' | 'failure'
  /** Null where the list does not say. */
  imageId: string | null
  owner: string | null
  /** How it goes, or why it failed. */
  message: string | null
  /** Undefined in lists of all tasks. */
  input: unknown
  result: unknown
  createdAt: string | null
  updatedAt: string | null
  expiresAt: string | null
}

export interface ImageTaskFilter {
  status?: ImageTask['status'] | undefined
  type?: string | undefined
}

const task = resource(
  {
    id: z.string(),
    type: z.string(),
    status: z.enum(['pending', 'processing', 'success', 'failure']),
    image_id: text,
    owner: text,
    message: text,
    input: z.unknown().optional(),
    result: z.unknown().optional(),
    created_at: time,
    updated_at: time,
    expires_at: time,
  },
  (body): Fields<ImageTask> => ({
    id: body.id,
    type: body.type,
    status: body.status,
    imageId: body.image_id,
    owner: body.owner,
    message: body.message || null,
    input: body.input,
    result: body.result,
    createdAt: body.created_at,
    updatedAt: body.updated_at,
    expiresAt: body.expires_at,
  }),
)

const ofImage = z.object({ tasks: z.array(task) }).transform((body) => body.tasks)

/** https://docs.openstack.org/api-ref/image/v2/#tasks */
export class ImageTasks {
  readonly #client: ServiceClient

  constructor(client: ServiceClient) {
    this.#client = client
  }

  /** For administrators unless a cloud says otherwise. */
  list(filter: ImageTaskFilter = {}, options: PageOptions = {}): AsyncGenerator<ImageTask, void, undefined> {
    return paginate(this.#client, '/tasks', 'tasks', task, { ...filter }, options)
  }

  show(id: string, options: CallOptions = {}): Promise<ImageTask> {
    return this.#client.get(path`/tasks/${id}`, task, options)
  }

  /** What is and was done with one image; its owner may ask. From API version 2.12. */
  ofImage(imageId: string, options: CallOptions = {}): Promise<ImageTask[]> {
    return this.#client.get(path`/images/${imageId}/tasks`, ofImage, options)
  }
}
