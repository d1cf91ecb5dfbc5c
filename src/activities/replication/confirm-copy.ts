import type { OpenStack } from 'openstack-ts'
import type { Copy } from '#contract/image-replication.ts'
import { hashesOf } from '#clouds/image-hashes.ts'
import { Problem } from '#domain/problem.ts'
import { hashOf, sameData } from '#domain/replication/same-data.ts'
import { hashMismatch } from './hash-mismatch.ts'
import type { Staging } from './staging.ts'
import type { Request } from './target.ts'

/** The copy is active and has the source's data: by a hash that both clouds have, else by the target's of what was sent. */
export async function confirmCopy(
  target: OpenStack,
  { input, source, copy }: Request & { copy: Copy },
  staging: Staging,
  signal: AbortSignal,
): Promise<void> {
  const image = await target.image.images.show(copy.id)
  const where = `cloud ${input.to.cloud}, image ${copy.id}`
  if (image.status !== 'active') throw notActive(where, image.status)
  const hashes = hashesOf(image)
  const theirs = hashOf(hashes)
  if (theirs === undefined) {
    const message = 'the cloud has no hash of the copy: whether its data are right cannot be told'
    throw new Problem({
      code: 'HashMissing',
      kind: 'failure',
      where,
      message,
      next: 'Ask the operators of that cloud.',
    })
  }
  const same = sameData(hashes, source.hashes) ?? theirs.value === (await staging.hash(theirs.algorithm, signal))
  if (!same) throw hashMismatch(where, hashOf(source.hashes) ?? input.hash, theirs.value)
}

function notActive(where: string, status: string): Problem {
  const soon = ['queued', 'saving', 'uploading', 'importing'].includes(status)
  return new Problem({
    code: 'CopyNotActive',
    kind: soon ? 'unreachable' : 'failure',
    where,
    message: `the copy is ${status}, not active`,
    next: soon ? 'It is looked for again.' : 'Replicate again.',
  })
}
