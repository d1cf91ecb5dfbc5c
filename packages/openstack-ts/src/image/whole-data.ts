import { isUnavailable } from '../error/predicates.ts'
import { pause } from '../transport/retry.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import type { ImageDetails } from './image-details.ts'
import { hashOfImage, newHash } from './image-hash.ts'
import { openData } from './open-data.ts'

export interface WholeDownloadOptions extends CallOptions {
  /** Told after each piece; `total` is null if Glance does not say. Must not throw. */
  onProgress?: ((bytes: number, total: number | null) => void) | undefined
  /** How often in a row it goes on without a single further byte before it gives up. Default 5. */
  resumes?: number | undefined
  /** Before it goes on, in milliseconds, unless the service says how long. Default 1 s. */
  resumeDelayMs?: number | undefined
}

/** All data of an image, whatever breaks off, and an error at their end if they are not those that Glance hashed. */
export async function* wholeData(
  client: ServiceClient,
  image: ImageDetails,
  options: WholeDownloadOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { onProgress, resumes = 5, resumeDelayMs = 1_000, ...call } = options
  const expected = hashOfImage(image)
  const hash = expected === null ? undefined : newHash(expected.algorithm)
  const total = image.sizeBytes
  let bytes = 0
  let inVain = 0
  for (;;) {
    const before = bytes
    try {
      const data = await openData(client, image.id, { ...call, fromByte: bytes })
      for await (const piece of data as AsyncIterable<Uint8Array>) {
        hash?.update(piece)
        bytes += piece.byteLength
        onProgress?.(bytes, total)
        yield piece
      }
      break
    } catch (error) {
      if (bytes === total) break
      inVain = bytes > before ? 0 : inVain + 1
      if (!isUnavailable(error) || inVain > resumes) throw error
      await pause(error.retryAfterMs ?? resumeDelayMs, call.signal)
    }
  }
  if (total !== null && bytes !== total) {
    throw client.error('BadReply', `image ${image.id} has ${total} bytes, but ${bytes} came`)
  }
  const value = hash?.digest('hex')
  if (expected !== null && value !== expected.value.toLowerCase()) {
    throw client.error(
      'BadReply',
      `the data of image ${image.id} have ${expected.algorithm} ${value}, Glance says ${expected.value}: throw them away`,
    )
  }
}
