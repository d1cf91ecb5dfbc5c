import { Readable } from 'node:stream'
import { Context } from '@temporalio/activity'
import { unlessNotFound } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import type { Copy } from '#contract/image-replication.ts'
import { Problem } from '#domain/problem.ts'
import { withCredential } from '#secrets/with-credential.ts'
import type { Pace } from './pairs.ts'
import { Staging } from './staging.ts'
import { namingQuota, prepareCopy, removeUnfinished, type Request } from './target.ts'
import { progressTeller } from './tell-progress.ts'

/** Glance answers when its store has everything, which may take it a while after the last byte, ms. */
const storing = 15 * 60_000

/**
 * The staging file in the record on the target. What a broken upload has left there (`saving`, `killed`, nothing) cannot be
 * sent to again: it goes, and a new record takes its place.
 *
 * @returns the record that has the data, or had them from an attempt whose answer was lost
 */
export async function sendCopy(deps: Deps, request: Request & { copy: Copy }, pace: Pace): Promise<Copy> {
  const { input, source } = request
  const signal = Context.current().cancellationSignal
  const staging = Staging.of(deps.config.stateFolder, input)
  return withCredential(input.to.credential, async (target) => {
    const { images } = target.image
    const seen = await unlessNotFound(images.show(request.copy.id))
    if (seen?.status === 'active') return request.copy
    if (seen?.status !== 'queued') await removeUnfinished(target, request)
    const copy = seen?.status === 'queued' ? request.copy : await prepareCopy(target, request)
    const { sizeBytes } = source
    if ((await staging.bytes()) !== sizeBytes) throw lost(staging)
    const onProgress = progressTeller(deps.client, { phase: 'sending', bytes: 0, sizeBytes })
    const data = Readable.from(paced(staging.read(signal), pace), { objectMode: false })
    await namingQuota(
      input,
      images.upload(copy.id, data, { sizeBytes, onProgress, signal, timeouts: { headersMs: storing } }),
    )
    return copy
  })
}

async function* paced(data: AsyncIterable<Uint8Array>, pace: Pace): AsyncGenerator<Uint8Array> {
  for await (const piece of data) {
    await pace(piece.byteLength)
    yield piece
  }
}

function lost({ path }: Staging): Problem {
  return new Problem({
    code: 'StagingLost',
    kind: 'failure',
    where: path,
    message: 'the data that had been fetched are not there any more',
    next: 'Replicate again.',
  })
}
