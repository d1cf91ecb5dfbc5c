import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { HEAD } from './formats.ts'
import type { Content, Image } from './types.ts'

export interface Stored {
  content: Content
  size: number
  md5: string
  sha512: string
  /** The first bytes, for a look at the format. */
  head: Buffer
}

/** Of bytes, both ends included. */
export interface Range {
  first: number
  last: number
}

const BLOCK = 64 << 10

/** Image contents: in a folder, or only counted and hashed where there is none. */
export class ContentStore {
  readonly #folder: string | null

  constructor(folder: string | null) {
    this.#folder = folder
    if (folder !== null) mkdirSync(folder, { recursive: true })
  }

  async save(id: string, body: AsyncIterable<Uint8Array>): Promise<Stored> {
    const path = this.#path(id)
    const file = path === null ? null : createWriteStream(path)
    const meter = new Meter()
    try {
      for await (const chunk of body) {
        meter.add(chunk)
        if (file !== null && !file.write(chunk)) await once(file, 'drain')
      }
    } finally {
      if (file !== null) await finished(file.end())
    }
    return { ...meter.result(), content: { kind: path === null ? 'counted' : 'file' } }
  }

  /** All of it or a part; null = there is nothing to send. */
  open(image: Image, range: Range | null): Readable | null {
    if (image.content === null || image.size === null) return null
    if (image.content.kind === 'made-up') return Readable.from(part(madeUp(image.content.name, image.size), range))
    const path = this.#path(image.id)
    return image.content.kind === 'file' && path !== null
      ? createReadStream(path, range === null ? {} : { start: range.first, end: range.last })
      : null
  }

  remove(id: string): void {
    const path = this.#path(id)
    if (path !== null) rmSync(path, { force: true })
  }

  #path(id: string): string | null {
    return this.#folder === null ? null : join(this.#folder, id)
  }
}

/** Bytes that depend only on the name: what seeded images and snapshots contain. */
function* madeUp(name: string, size: number): Generator<Buffer> {
  const seed = createHash('sha512').update(name).digest()
  const block = Buffer.alloc(BLOCK, seed)
  for (let left = size; left > 0; left -= BLOCK) yield left >= BLOCK ? block : block.subarray(0, left)
}

function* part(chunks: Iterable<Buffer>, range: Range | null): Generator<Buffer> {
  let at = 0
  for (const chunk of chunks) {
    const piece =
      range === null ? chunk : chunk.subarray(Math.max(0, range.first - at), Math.max(0, range.last + 1 - at))
    at += chunk.length
    if (piece.length > 0) yield piece
  }
}

/** @see ContentStore.open, which makes the same bytes again. */
export function storeMadeUp(name: string, size: number): Stored {
  const meter = new Meter()
  for (const chunk of madeUp(name, size)) meter.add(chunk)
  return { ...meter.result(), content: { kind: 'made-up', name } }
}

class Meter {
  readonly #md5: Hash = createHash('md5')
  readonly #sha512: Hash = createHash('sha512')
  #head = Buffer.alloc(0)
  #size = 0

  add(chunk: Uint8Array): void {
    this.#md5.update(chunk)
    this.#sha512.update(chunk)
    this.#size += chunk.length
    const lacking = HEAD - this.#head.length
    if (lacking > 0) this.#head = Buffer.concat([this.#head, chunk.subarray(0, lacking)])
  }

  result(): Omit<Stored, 'content'> {
    return { size: this.#size, md5: this.#md5.digest('hex'), sha512: this.#sha512.digest('hex'), head: this.#head }
  }
}
