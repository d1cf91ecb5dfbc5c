import {
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  rootCause,
  setHandler,
  sleep,
} from '@temporalio/workflow'
import type { SubmissionActivities } from '#activities/submission/activities.ts'
import type { Copy } from '#contract/image-replication.ts'
import {
  copyEnded,
  type CloudCopy,
  type CopyEnd,
  type SubmissionInput,
  type SubmissionView,
} from '#contract/submission.ts'
import * as retries from './retries.ts'

const steps = proxyActivities<SubmissionActivities>(retries.patient)

/** Between two tries, ms: doubled until the second. What hinders a copy may be mended at any time. */
const firstPause = 60_000
const longestPause = 10 * 60_000

/** A submission whose jobs are in the queue. */
interface Queued {
  readonly id: string
  readonly view: SubmissionView
  tell(known: Partial<SubmissionView>): void
}

/** Until its jobs have left the queue: has the image copied to the clouds that lack it, and gives each copy to the jobs. */
export async function whileCopied(own: Queued, input: SubmissionInput, left: Promise<void>): Promise<void> {
  const { copies } = own.view
  if (copies.length === 0) return left
  const makers = new Copies(own, input)
  const scope = new CancellationScope()
  const making = scope.run(() => Promise.all(copies.map((copy) => makers.make(copy))))
  try {
    await left
  } finally {
    scope.cancel()
    await making
  }
}

class Copies {
  readonly #own: Queued
  readonly #input: SubmissionInput
  readonly #ends = new Map<string, CopyEnd>()
  #giving = Promise.resolve()

  constructor(own: Queued, input: SubmissionInput) {
    this.#own = own
    this.#input = input
    setHandler(copyEnded, (end) => void this.#ends.set(keyOf(end.cloud, end.checksum), end))
  }

  /** However it fails, the jobs run where the image is. */
  async make(copy: CloudCopy): Promise<void> {
    try {
      const there = await this.#wait(copy)
      await steps.shareImage({ pool: this.#input.pool, choice: choiceOf(copy, there) })
      // each time with all images: one after the other, whether the one before succeeded or not
      const given = this.#giving.then(() => this.#give(copy, there))
      this.#giving = given.catch(() => undefined)
      await given
    } catch (error) {
      if (isCancellation(error)) return
      const warning = `the image on ${copy.cloud} cannot be used: ${rootCause(error) ?? String(error)}`
      this.#own.tell({ warnings: [...this.#own.view.warnings, warning] })
    }
  }

  /** Asked for again while nothing is heard: for a time the same data may be on their way there for another project. */
  async #wait(copy: CloudCopy): Promise<Copy> {
    const key = keyOf(copy.cloud, copy.hash.value)
    for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
      this.#ends.delete(key)
      await steps.wantCopy({ input: this.#input, copy })
      await condition(() => this.#ends.has(key), pause)
      const end = this.#ends.get(key)
      if (end?.copy !== undefined) return end.copy
      if (end !== undefined) await sleep(pause)
    }
  }

  async #give(copy: CloudCopy, there: Copy): Promise<void> {
    const { id, view } = this.#own
    const choices = [...view.choices, choiceOf(copy, there)]
    await steps.giveImages({ input: this.#input, id, choices })
    this.#own.tell({ choices, copies: view.copies.filter(({ cloud }) => cloud !== copy.cloud) })
    await steps.wakeFleet({ pool: this.#input.pool, id })
  }
}

/** What is told may be meant for an earlier run of the submission, when the image was another. */
const keyOf = (cloud: string, checksum: string): string => `${cloud} ${checksum}`

const choiceOf = ({ cloud, image: { project }, flavor, credential }: CloudCopy, { id, name }: Copy) => ({
  cloud,
  image: { id, name, project, visibility: 'shared' },
  flavor,
  credential,
})
