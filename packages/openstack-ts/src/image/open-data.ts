import { Readable } from 'node:stream'
import { path } from '../transport/path.ts'
import type { ServiceClient } from '../transport/service-client.ts'
import type { CallOptions } from '../transport/settings.ts'

export interface DownloadOptions extends CallOptions {
  /** Leave out as many bytes from the start: what is there already of a download that broke off. Default 0. */
  fromByte?: number | undefined
}

/** https://docs.openstack.org/api-ref/image/v2/#download-binary-image-data */
export async function openData(client: ServiceClient, id: string, options: DownloadOptions): Promise<Readable> {
  const { fromByte = 0, ...call } = options
  const reply = await client.request('GET', path`/images/${id}/file`, {
    ...call,
    accept: 'application/octet-stream',
    headers: fromByte === 0 ? {} : { range: `bytes=${fromByte}-` },
    expect: [200, 204, 206],
    stream: true,
  })
  const { status, requestId, body } = reply
  // 204 is Glance's answer for an image that has no data yet.
  if (status === 204 || body === undefined) {
    throw client.error('NotFound', `image ${id} has no data`, { status, requestId })
  }
  if (status === 206) {
    const range = reply.headers['content-range'] ?? ''
    if (new RegExp(`^bytes ${fromByte}-`).test(range)) return body
    body.destroy()
    throw client.error('BadReply', `image ${id} from byte ${fromByte} was asked for, '${range}' came`, {
      status,
      requestId,
    })
  }
  // A store that cannot seek answers with everything.
  return fromByte === 0 ? body : Readable.from(without(body, fromByte), { objectMode: false })
}

async function* without(data: Readable, bytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  let left = bytes
  for await (const piece of data as AsyncIterable<Uint8Array>) {
    const rest = piece.subarray(Math.min(left, piece.byteLength))
    left -= piece.byteLength - rest.byteLength
    if (rest.byteLength > 0) yield rest
  }
}
