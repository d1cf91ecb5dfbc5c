import { Readable } from 'node:stream'
import { Hono, type Context } from 'hono'
import type { Cloud, Env } from '../cloud.ts'
import { isAdmin, mayWrite } from '../identity/roles.ts'
import { conflict, forbidden, Refusal } from '../refusal.ts'
import type { Range, Stored } from './content.ts'
import { isOfFormat, unsupported } from './formats.ts'
import type { Image, Member } from './types.ts'
import { glanceForbids, memberKey, ownImage, visibleImage } from './visibility.ts'

/** Upload and download of an image's bytes. */
export function dataRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { images, members } = cloud.state
  const memberOf = (imageId: string, project: string): Member | undefined => members.get(memberKey(imageId, project))
  const seen = (c: Context<Env>): Image => {
    const id = c.req.param('id') ?? ''
    return visibleImage(c.var.principal, images.get(id), memberOf, `No image found with ID ${id}`)
  }

  app.put('/:id/file', async (c) => {
    const type = c.req.header('content-type') ?? ''
    if (type !== 'application/octet-stream') throw unsupported(type)
    const found = seen(c)
    // A reader's try spoils what the owner is sending: Glance takes it for a failed upload.
    if (!mayWrite(c.var.principal) && found.status === 'saving') images.put(found.id, { ...found, status: 'queued' })
    const image = ownImage(c.var.principal, found, 'upload_image')
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
    if (!isOfFormat(stored.head, image.diskFormat)) {
      back()
      throw unsupported(type)
    }
    const current = images.get(image.id)
    if (current?.status !== 'saving') {
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
    if (image.status === 'deactivated' && !isAdmin(c.var.principal))
      throw forbidden('The requested image has been deactivated. Image data download is forbidden.')
    if (!mayWrite(c.var.principal)) throw glanceForbids('download_image')
    const size = image.size ?? 0
    const range = rangeOf(c.req.header('range'), size)
    const body = cloud.contents.open(image, range)
    if (body === null) return c.body(null, 204)
    const data = Readable.toWeb(Readable.from(harmed(c, body))) as ReadableStream
    if (range !== null)
      return c.body(data, 206, {
        'content-type': 'application/octet-stream',
        'content-length': String(range.last + 1 - range.first),
        'content-range': `bytes ${range.first}-${range.last}/${size}`,
      })
    return c.body(data, 200, {
      'content-type': 'application/octet-stream',
      'content-length': String(image.size ?? 0),
      ...(image.md5 !== null && { 'content-md5': image.md5 }),
    })
  })
  return app
}

/** Of `bytes=<first>-<last>`, the last left out for the end; null = everything. @throws Refusal 416 beyond the end. */
function rangeOf(header: string | undefined, size: number): Range | null {
  if (header === undefined) return null
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header) ?? []
  if (first === undefined || Number(first) >= size) {
    const rule = `Start position MUST be in the inclusive range [0, ${size - 1}].`
    throw new Refusal(416, `The Range requested is not available. Invalid start position in Range header. ${rule}`)
  }
  return { first: Number(first), last: last ? Math.min(Number(last), size - 1) : size - 1 }
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
