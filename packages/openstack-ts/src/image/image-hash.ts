import { createHash, type Hash } from 'node:crypto'
import type { ImageDetails } from './image-details.ts'

/** A hash by Glance's name for it (`sha512`, `sha3_512`, `blake2b`, `md5`, …) and its value in small hexadecimal digits. */
export interface ImageHash {
  algorithm: string
  value: string
}

/** Python's names that are other ones in OpenSSL. */
const OPENSSL: Readonly<Record<string, string>> = { blake2b: 'blake2b512', blake2s: 'blake2s256' }

/** @throws TypeError if this Node cannot compute it */
export function newHash(algorithm: string): Hash {
  try {
    return createHash(OPENSSL[algorithm] ?? algorithm.replaceAll('_', '-'))
  } catch (cause) {
    throw new TypeError(`this Node has no hash ${algorithm}; take one of crypto.getHashes()`, { cause })
  }
}

/**
 * What Glance says that the data have: the strong hash (`os_hash_algo`, `os_hash_value`), else the MD5 `checksum`, else null.
 *
 * https://docs.openstack.org/api-ref/image/v2/#show-image
 */
export function hashOfImage(image: ImageDetails): ImageHash | null {
  if (image.hashAlgorithm !== null && image.hashValue !== null) {
    return { algorithm: image.hashAlgorithm, value: image.hashValue }
  }
  return image.checksum === null ? null : { algorithm: 'md5', value: image.checksum }
}

/**
 * Whether data that were hashed on their way are those that Glance has.
 *
 * @returns null if it cannot be said: Glance has no hash, or one of another kind
 */
export function sameData(image: ImageDetails, hash: ImageHash): boolean | null {
  const all = [hashOfImage(image), image.checksum === null ? null : { algorithm: 'md5', value: image.checksum }]
  const theirs = all.find((one) => one?.algorithm === hash.algorithm)
  return theirs ? theirs.value.toLowerCase() === hash.value.toLowerCase() : null
}
