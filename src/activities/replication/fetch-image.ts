import { Context } from '@temporalio/activity'
import { isUnavailable } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import { remembered } from '#activities/heartbeats.ts'
import type { ImageReplicationInput, SourceImage } from '#contract/image-replication.ts'
import { Problem } from '#domain/problem.ts'
import { withCredential } from '#secrets/with-credential.ts'
import { hashMismatch } from './hash-mismatch.ts'
import type { Pace } from './pairs.ts'
import { isErrno, Staging } from './staging.ts'
import { bytesRemembered, progressTeller } from './tell-progress.ts'

/** How often what has come is forced to disk and told, ms. */
const flushEvery = 1000

export interface Fetch {
  input: ImageReplicationInput
  source: SourceImage
}

/**
 * The data in the staging file, whole and with the source's hash. Goes on behind what an earlier attempt has left; if that turns
 * out to be something else, once more from the start.
 */
export async function fetchImage(deps: Deps, { input, source }: Fetch, pace: Pace): Promise<void> {
  const { hash } = input
  const signal = Context.current().cancellationSignal
  const staging = Staging.of(deps.config.stateFolder, input)
  for (let begun = await usable(staging, source.sizeBytes); ; begun = 0) {
    await fetchFrom(begun, { deps, input, source, staging, pace, signal })
    const value = await staging.hash(hash.algorithm, signal)
    if (value === hash.value.toLowerCase()) return
    await staging.remove()
    if (begun === 0) throw hashMismatch(`cloud ${input.from.cloud}, image ${input.image.id}`, hash, value)
  }
}

/** Not what was on its way to disk when the host itself went down. */
async function usable(staging: Staging, sizeBytes: number): Promise<number> {
  const there = await staging.bytes()
  return there > sizeBytes ? 0 : Math.min(there, bytesRemembered(remembered()) ?? there)
}

interface Download extends Fetch {
  deps: Deps
  staging: Staging
  pace: Pace
  signal: AbortSignal
}

async function fetchFrom(begun: number, { deps, input, source, staging, pace, signal }: Download): Promise<void> {
  const { sizeBytes } = source
  if (begun === sizeBytes) return
  const tell = progressTeller(deps.client, { phase: 'fetching', bytes: begun, sizeBytes })
  const file = await staging.openAt(begun, sizeBytes)
  let bytes = begun
  let flushedAt = performance.now()
  const flush = async (): Promise<void> => {
    await file.datasync()
    flushedAt = performance.now()
    tell(bytes)
  }
  try {
    await withCredential(input.from.credential, async (cloud) => {
      const data = await cloud.image.images.download(input.image.id, { fromByte: begun, signal })
      for await (const piece of data as AsyncIterable<Uint8Array>) {
        await pace(piece.byteLength)
        await file.appendFile(piece)
        bytes += piece.byteLength
        if (bytes > sizeBytes) throw wrongLength(input, bytes, sizeBytes)
        if (performance.now() - flushedAt > flushEvery) await flush()
      }
    })
    if (bytes < sizeBytes) throw wrongLength(input, bytes, sizeBytes)
    await flush()
  } catch (error) {
    if (isUnavailable(error)) await flush()
    throw isErrno(error, 'ENOSPC') ? staging.full('ENOSPC') : error
  } finally {
    await file.close()
  }
}

function wrongLength({ from, image }: ImageReplicationInput, came: number, sizeBytes: number): Problem {
  return new Problem({
    code: 'ImageDataIncomplete',
    kind: 'unreachable',
    where: `cloud ${from.cloud}, image ${image.id}`,
    message: `the image has ${sizeBytes} bytes, ${came} came`,
    next: 'They are fetched again.',
  })
}
