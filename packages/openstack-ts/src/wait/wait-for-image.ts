import { OpenStackError } from '../error/openstack-error.ts'
import type { ImageDetails } from '../image/image-details.ts'
import type { Images } from '../image/images.ts'
import type { CallOptions } from '../transport/settings.ts'
import { waitFor, type WaitOptions } from './wait-for.ts'

const FAILED = new Set(['killed', 'deleted', 'pending_delete', 'deactivated'])
/** Where an import that failed leaves an image. */
const NOT_YET = new Set(['queued', 'importing'])

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
    const failure = failureOf(image)
    if (failure === null) return { state: image.status }
    throw new OpenStackError(`image: ${id} ${failure}`, { code: 'ResourceFailed', service: 'image' })
  }
  return waitFor('image', `image ${id} to be active`, look, options)
}

function failureOf({ status, properties }: ImageDetails): string | null {
  if (FAILED.has(status)) return `is ${status}`
  const stores = properties['os_glance_failed_import']
  // The list of a try before lasts until the next one has begun, and that one has the image locked by then.
  const underWay = properties['os_glance_importing_to_stores'] || properties['os_glance_import_task']
  if (!NOT_YET.has(status) || !stores || underWay) return null
  return `was not imported into ${stores}, and stays ${status}; its tasks (\`tasks.ofImage\`) say why`
}
