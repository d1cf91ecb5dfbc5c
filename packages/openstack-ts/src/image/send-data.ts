import type { Readable } from 'node:stream'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'
import { metered, type MeterOptions, type Transferred } from './metered.ts'

export interface UploadOptions extends CallOptions, MeterOptions {
  /** How many bytes it will be, if it is known: newer releases of Glance refuse any other number. */
  sizeBytes?: number | undefined
  /** Id of the store that shall have them. Default: the cloud's default. From API version 2.8. */
  store?: string | undefined
}

/** Never repeated: a stream can be sent once, and a broken upload leaves the image in a state that has to be looked at. */
export async function sendData(
  client: ServiceClient,
  at: string,
  data: Readable | Uint8Array,
  options: UploadOptions,
): Promise<Transferred> {
  const { onProgress, hashAlgorithm, sizeBytes, store, ...call } = options
  const meter = metered(data, { onProgress, hashAlgorithm })
  const headers = {
    ...(sizeBytes === undefined ? {} : { 'x-openstack-image-size': String(sizeBytes) }),
    ...(store === undefined ? {} : { 'x-image-meta-store': store }),
  }
  const contentType = 'application/octet-stream'
  await client.request('PUT', at, { ...call, headers, body: meter.data, contentType, repeatable: false })
  return meter.transferred()
}
