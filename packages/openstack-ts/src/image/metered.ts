import { Readable } from 'node:stream'
import { followWithYoungGarbage } from '../transport/young-garbage.ts'
import { newHash, type ImageHash } from './image-hash.ts'

export interface MeterOptions {
  /** Told after each piece how many bytes have gone by; must not throw. */
  onProgress?: ((bytes: number) => void) | undefined
  /** Hash to compute on the way, by Glance's name: `sha512` is its default. Default: none. */
  hashAlgorithm?: string | undefined
}

/** What went by. */
export interface Transferred {
  bytes: number
  /** Null if none was asked for. */
  hash: ImageHash | null
}

export interface Metered {
  data: Readable | Uint8Array
  /** Final once the data have gone by. */
  transferred: () => Transferred
}

/** The same data, counted and hashed as they go by. What is in memory already stays as it is. */
export function metered(data: Readable | Uint8Array, options: MeterOptions): Metered {
  const { onProgress, hashAlgorithm } = options
  const hash = hashAlgorithm === undefined ? undefined : newHash(hashAlgorithm)
  let bytes = 0
  let value: string | undefined
  const see = (piece: Uint8Array): void => {
    bytes += piece.byteLength
    hash?.update(piece)
    onProgress?.(bytes)
  }
  const transferred = (): Transferred => {
    value ??= hash?.digest('hex')
    return {
      bytes,
      hash: hashAlgorithm === undefined || value === undefined ? null : { algorithm: hashAlgorithm, value },
    }
  }
  if (data instanceof Uint8Array) {
    see(data)
    return { data, transferred }
  }
  return { data: Readable.from(pieces(data, see), { objectMode: false }), transferred }
}

async function* pieces(data: Readable, see: (piece: Uint8Array) => void): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of data as AsyncIterable<Uint8Array | string>) {
    const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    see(piece)
    followWithYoungGarbage(piece)
    yield piece
  }
}
