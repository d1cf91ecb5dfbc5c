import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { Content, Image } from './types.ts'

export interface Stored {
  content: Content
  size: number
  md5: string
  sha512: string
  /** The first bytes, for a look at the format. */
  head: Buffer
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

  /** Everything from a byte on; null = there is nothing to send. */
  open(image: Image, from = 0): Readable | null {
    if (image.content === null || image.size === null) return null
    if (image.content.kind === 'made-up') return Readable.from(without(madeUp(image.content.name, image.size), from))
    const path = this.#path(image.id)
    return image.content.kind === 'file' && path !== null ? createReadStream(path, { start: from }) : null
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

function* without(chunks: Iterable<Buffer>, bytes: number): Generator<Buffer> {
  let left = bytes
  for (const chunk of chunks) {
    const rest = chunk.subarray(Math.min(left, chunk.length))
    left -= chunk.length - rest.length
    if (rest.length > 0) yield rest
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
    if (this.#head.length < 64) this.#head = Buffer.concat([this.#head, chunk.subarray(0, 64)])
  }

  result(): Omit<Stored, 'content'> {
    return { size: this.#size, md5: this.#md5.digest('hex'), sha512: this.#sha512.digest('hex'), head: this.#head }
  }
}
