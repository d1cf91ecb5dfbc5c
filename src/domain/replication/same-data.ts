/** A hash by Glance's name for it (`sha512`, `md5`, …), and its value in hexadecimal digits. */
export interface DataHash {
  algorithm: string
  value: string
}

/** What a cloud says of an image's data: the strong hash of its choice, and the MD5 that most have kept. */
export interface DataHashes {
  strong?: DataHash
  md5?: string
}

/** The hash by which an image's data are known; `undefined` if its cloud has none. */
export function hashOf({ strong, md5 }: DataHashes): DataHash | undefined {
  return strong ?? (md5 === undefined ? undefined : { algorithm: 'md5', value: md5 })
}

/** Whether two images have the same data; `undefined` if their clouds have no hash of one kind. */
export function sameData(one: DataHashes, other: DataHashes): boolean | undefined {
  return sameStrong(one, other) ?? sameText(one.md5, other.md5)
}

/** The same by the strong hash alone. */
export function sameStrong({ strong: a }: DataHashes, { strong: b }: DataHashes): boolean | undefined {
  return a === undefined || a.algorithm !== b?.algorithm ? undefined : sameText(a.value, b.value)
}

function sameText(a: string | undefined, b: string | undefined): boolean | undefined {
  return a === undefined || b === undefined ? undefined : a.toLowerCase() === b.toLowerCase()
}
