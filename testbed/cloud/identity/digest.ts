import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Digest } from './types.ts'

const hash = (salt: string, text: string): Buffer => createHash('sha256').update(`${salt}\0${text}`).digest()

export function digest(text: string): Digest {
  const salt = randomBytes(12).toString('hex')
  return { salt, hash: hash(salt, text).toString('hex') }
}

export const matches = (known: Digest, text: string): boolean =>
  timingSafeEqual(Buffer.from(known.hash, 'hex'), hash(known.salt, text))
