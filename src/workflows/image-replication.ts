import {
  CancellationScope,
  getExternalWorkflowHandle,
  log,
  proxyActivities,
  setCurrentDetails,
  rootCause,
  setHandler,
  upsertSearchAttributes,
  type ActivityOptions,
} from '@temporalio/workflow'
import type { CopyActivities } from '#activities/replication/copy-activities.ts'
import type { TransferActivities } from '#activities/replication/transfer-activities.ts'
import {
  copyWanted,
  replicationView,
  transferObserved,
  type Copy,
  type ImageReplicationInput,
  type ImageReplicationResult,
  type ReplicationView,
  type SourceImage,
} from '#contract/image-replication.ts'
import { cloudQueue } from '#contract/queues.ts'
import { searchAttributes } from '#contract/search-attributes.ts'
import { copyEnded } from '#contract/submission.ts'
import { describeProgress, type ReplicationState } from '#domain/replication/progress.ts'
import * as retries from './retries.ts'

const { fetchImage, sendCopy } = proxyActivities<TransferActivities>(retries.transferring)
const { forgetData, forgetCredentials } = proxyActivities<TransferActivities>(retries.patient)

/**
 * One image copied to another cloud: a record is prepared there, the data are fetched and sent, and the copy counts once its
 * cloud has the same hash. Whatever happens, the worker process keeps nothing of it, and the target no half copy.
 */
export async function imageReplication(input: ImageReplicationInput): Promise<ImageReplicationResult> {
  const own = new Replication(input)
  let problem: string | undefined
  const { lookAtSource } = proxyActivities<CopyActivities>(at(input, input.from.cloud, retries.beforeAnything))
  const { findCopy } = proxyActivities<CopyActivities>(at(input, input.to.cloud, retries.beforeAnything))
  try {
    const source = await lookAtSource(input)
    own.tell({ sizeBytes: source.sizeBytes })
    const there = await findCopy({ input, source })
    if (there !== undefined) return own.end('already', there)
    return own.end('copied', await copied(own, input, source))
  } catch (error) {
    problem = rootCause(error) ?? String(error)
    throw error
  } finally {
    await CancellationScope.nonCancellable(async () => {
      await forgetCredentials(input)
      await own.tellWhoWaits(problem)
    })
  }
}

async function copied(own: Replication, input: ImageReplicationInput, source: SourceImage): Promise<Copy> {
  const { cloud } = input.to
  const { prepareCopy, removeUnfinished } = proxyActivities<CopyActivities>(at(input, cloud, retries.undoable))
  const { confirmCopy } = proxyActivities<CopyActivities>(at(input, cloud, retries.whileStored))
  const request = { input, source }
  try {
    own.enter('preparing')
    const prepared = await prepareCopy(request)
    own.enter('fetching')
    await fetchImage(request)
    own.enter('sending')
    const copy = await sendCopy({ ...request, copy: prepared })
    own.enter('confirming')
    await confirmCopy({ ...request, copy })
    return copy
  } catch (error) {
    await CancellationScope.nonCancellable(() => removeUnfinished(request))
    throw error
  } finally {
    await CancellationScope.nonCancellable(() => forgetData(input))
  }
}

const at = ({ pool }: ImageReplicationInput, cloud: string, options: ActivityOptions): ActivityOptions => ({
  ...options,
  taskQueue: cloudQueue(pool, cloud),
})

class Replication {
  /** Submissions that want to be told of the end. */
  readonly #waiting = new Set<string>()
  #view: ReplicationView = { state: 'looking', fetchedBytes: 0, sentBytes: 0, sizeBytes: 0 }
  readonly #input: ImageReplicationInput

  constructor(input: ImageReplicationInput) {
    this.#input = input
    setHandler(replicationView, () => this.#view)
    setHandler(copyWanted, ({ submission }) => void this.#waiting.add(submission))
    setHandler(transferObserved, ({ phase, bytes }) =>
      this.tell(phase === 'fetching' ? { fetchedBytes: bytes } : { sentBytes: bytes }),
    )
    this.tell({})
  }

  tell(known: Partial<ReplicationView>): void {
    this.#view = { ...this.#view, ...known }
    const { image, from, to } = this.#input
    setCurrentDetails(
      `image \`${image.name}\` (${image.id}) from ${from.cloud} to ${to.cloud}: ${describeProgress(this.#view)}`,
    )
  }

  enter(state: ReplicationState): void {
    const { sizeBytes } = this.#view
    const fetchedBytes = state === 'sending' || state === 'confirming' ? sizeBytes : this.#view.fetchedBytes
    this.tell({ state, fetchedBytes })
    upsertSearchAttributes([{ key: searchAttributes.state, value: state }])
  }

  /** Those too that ask while others are told; a submission that has ended meanwhile needs nothing any more. */
  async tellWhoWaits(problem: string | undefined): Promise<void> {
    const { hash, to } = this.#input
    const { copy } = this.#view
    const end = {
      cloud: to.cloud,
      checksum: hash.value,
      ...(problem === undefined ? {} : { problem }),
      ...(copy === undefined ? {} : { copy }),
    }
    for (const submission of this.#waiting) {
      await getExternalWorkflowHandle(submission)
        .signal(copyEnded, end)
        .catch((error: unknown) => log.info('not told of the copy', { submission, error }))
    }
  }

  end(outcome: ImageReplicationResult['outcome'], copy: Copy): ImageReplicationResult {
    const { sizeBytes } = this.#view
    this.tell({ copy, ...(outcome === 'copied' ? { sentBytes: sizeBytes } : {}) })
    this.enter(outcome)
    return { cloud: this.#input.to.cloud, image: copy, outcome }
  }
}
