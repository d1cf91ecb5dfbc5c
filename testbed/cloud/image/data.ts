import { Readable } from 'node:stream'
import { Hono, type Context } from 'hono'
import type { Cloud, Env } from '../cloud.ts'
import { conflict, forbidden, Refusal } from '../refusal.ts'
import type { Stored } from './content.ts'
import type { Image, Member } from './types.ts'
import { memberKey, owns, ownImage, visibleImage } from './visibility.ts'

const QCOW2 = Buffer.from('QFI\xfb', 'latin1')

/** Upload and download of an image's bytes. */
export function dataRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { images, members } = cloud.state
  const memberOf = (imageId: string, project: string): Member | undefined => members.get(memberKey(imageId, project))
  const seen = (c: Context<Env>): Image => {
    const id = c.req.param('id') ?? ''
    return visibleImage(c.var.principal, images.get(id), id, memberOf)
  }

  app.put('/:id/file', async (c) => {
    if (c.req.header('content-type') !== 'application/octet-stream')
      throw new Refusal(415, 'Content-Type must be application/octet-stream')
    const image = ownImage(c.var.principal, seen(c), 'upload data for')
    if (image.diskFormat === null || image.containerFormat === null)
      throw new Refusal(400, 'Properties disk_format, container_format must be set prior to saving data.')
    if (image.status !== 'queued')
      throw conflict(`Image status transition from ${image.status} to saving is not allowed`)
    images.put(image.id, { ...image, status: 'saving', updatedAt: cloud.now() })
    cloud.commit()
    const back = (): void => {
      cloud.contents.remove(image.id)
      const now = images.get(image.id)
      if (now?.status === 'saving') images.put(image.id, { ...now, status: 'queued' })
      cloud.commit()
    }
    let stored: Stored
    try {
      stored = await cloud.contents.save(image.id, harmed(c, Readable.fromWeb(c.req.raw.body ?? new ReadableStream())))
    } catch (error) {
      back()
      throw new Refusal(400, `Client disconnected before sending all data to backend: ${String(error)}`)
    }
    if (image.diskFormat === 'qcow2' && !stored.head.subarray(0, 4).equals(QCOW2)) {
      back()
      throw new Refusal(415, 'Image content does not match disk_format qcow2')
    }
    const current = images.get(image.id)
    if (current === undefined) {
      cloud.contents.remove(image.id)
      throw new Refusal(
        410,
        `Image ${image.id} could not be found after upload. The image may have been deleted during the upload.`,
      )
    }
    images.put(image.id, {
      ...current,
      status: 'active',
      size: stored.size,
      virtualSize: image.diskFormat === 'qcow2' ? sizeInHeader(stored.head) : stored.size,
      md5: stored.md5,
      sha512: stored.sha512,
      content: stored.content,
      updatedAt: cloud.now(),
    })
    return c.body(null, 204)
  })

  app.get('/:id/file', (c) => {
    const image = seen(c)
    if (image.status === 'deactivated' && !owns(c.var.principal, image))
      throw forbidden('The requested image has been deactivated. Image data download is forbidden.')
    const from = firstByte(c.req.header('range'), image.size ?? 0)
    const body = cloud.contents.open(image, from)
    if (body === null) return c.body(null, 204)
    const data = Readable.toWeb(Readable.from(harmed(c, body))) as ReadableStream
    if (from > 0)
      return c.body(data, 206, {
        'content-type': 'application/octet-stream',
        'content-length': String((image.size ?? 0) - from),
        'content-range': `bytes ${from}-${(image.size ?? 0) - 1}/${image.size ?? 0}`,
      })
    return c.body(data, 200, {
      'content-type': 'application/octet-stream',
      'content-length': String(image.size ?? 0),
      ...(image.md5 !== null && { 'content-md5': image.md5 }),
    })
  })
  return app
}

/** Of `bytes=<first>-`, the only kind of range that is simulated. @throws Refusal 416 beyond the end. */
function firstByte(range: string | undefined, size: number): number {
  if (range === undefined) return 0
  const first = /^bytes=(\d+)-$/.exec(range)?.[1]
  if (first === undefined || Number(first) >= size) throw new Refusal(416, `Failed to parse range header ${range}`)
  return Number(first)
}

/** The data as they are, or as a fault has them. */
async function* harmed(c: Context<Env>, data: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let wrong = c.env.effect?.kind === 'wrong-data'
  for await (const piece of data) {
    if (!wrong || piece.length === 0) yield piece
    else {
      wrong = false
      const changed = Uint8Array.from(piece)
      changed[piece.length - 1] = ~(changed.at(-1) ?? 0)
      yield changed
    }
  }
}

/** What a qcow2 file says that a guest sees; null if it ends before it says so. */
function sizeInHeader(head: Buffer): number | null {
  return head.length < 32 ? null : Number(head.readBigUInt64BE(24))
}
