import type { ImageDetails } from 'openstack-ts'
import type { DataHashes } from '#domain/replication/same-data.ts'

/** What Glance says of an image's data. */
export function hashesOf({ hashAlgorithm, hashValue, checksum }: ImageDetails): DataHashes {
  return {
    ...(hashAlgorithm === null || hashValue === null ? {} : { strong: { algorithm: hashAlgorithm, value: hashValue } }),
    ...(checksum === null ? {} : { md5: checksum }),
  }
}
