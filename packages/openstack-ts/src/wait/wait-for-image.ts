import { OpenStackError } from '../error/openstack-error.ts'
import type { ImageDetails } from '../image/image-details.ts'
import type { Images } from '../image/images.ts'
import type { CallOptions } from '../transport/settings.ts'
import { waitFor, type WaitOptions } from './wait-for.ts'

const FAILED = new Set(['killed', 'deleted', 'pending_delete', 'deactivated'])

/**
 * Waits until an image's data are there: after an upload, an import or a snapshot.
 *
 * @throws OpenStackError `ResourceFailed` if it never will be; `NotFound` if it vanishes, as failed snapshots do;
 * `WaitTimeout`
 */
export function waitForImageActive(images: Images, id: string, options: WaitOptions): Promise<ImageDetails> {
  const look = async (call: CallOptions) => {
    const image = await images.show(id, call)
    if (image.status === 'active') return { done: image }
    if (!FAILED.has(image.status)) return { state: image.status }
    throw new OpenStackError(`image: ${id} is ${image.status}`, { code: 'ResourceFailed', service: 'image' })
  }
  return waitFor('image', `image ${id} to be active`, look, options)
}
