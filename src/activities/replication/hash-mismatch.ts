import type { DataHash } from '#domain/replication/same-data.ts'
import { Problem } from '#domain/problem.ts'

export function hashMismatch(where: string, { algorithm, value }: DataHash, found: string): Problem {
  return new Problem({
    code: 'HashMismatch',
    kind: 'failure',
    where,
    message: `the data are not those of the image: their ${algorithm} is ${found}, not ${value}`,
    next: 'Nothing of the copy is kept. Replicate again; if it lasts, tell your operators which clouds these are.',
  })
}
