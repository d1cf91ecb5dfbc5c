import {
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import { HandlerUnfinishedPolicy } from '@temporalio/common'
import type { SubmissionActivities } from '#activities/submission/activities.ts'
import { searchAttributes } from '#contract/search-attributes.ts'
import {
  noJobs,
  stampOf,
  submissionObserved,
  submissionView,
  whenSubmitted,
  type SubmissionInput,
  type SubmissionObservation,
  type SubmissionResult,
  type SubmissionState,
  type SubmissionView,
} from '#contract/submission.ts'
import { describeSubmission } from './describe-submission.ts'
import * as retries from './retries.ts'
import { whileCopied } from './submission-copies.ts'

const steps = proxyActivities<SubmissionActivities>(retries.patient)
const looks = proxyActivities<SubmissionActivities>(retries.beforeAnything)

/**
 * One submit file of one user, from the Enter key until its last job has left the queue and its output is back. Nothing is
 * shared or submitted before everything that could be wrong has been looked at; then it is submitted once.
 */
export async function submission(input: SubmissionInput): Promise<SubmissionResult> {
  const own = new Submission(input)
  try {
    const file = await steps.readSubmitFile(input)
    const { choices, copies = [], warnings } = await looks.resolveChoices({ input, file })
    const certificate = await steps.checkCertificate({ input, file })
    own.tell({ choices, copies, warnings: [...file.warnings, ...warnings, ...certificate.warnings] })
    const rendered = await steps.renderSubmission({ input, id: own.id, choices, copies, proxy: certificate.proxy })
    own.enter('sharing', {})
    await Promise.all(choices.map((choice) => steps.shareImage({ pool: input.pool, choice })))
    own.enter('submitting', {})
    const clusters = await steps.submitOnce({ input, id: own.id, rendered })
    own.enter('queued', { clusters })
    upsertSearchAttributes([{ key: searchAttributes.cluster, value: clusters[0]?.id ?? null }])
    await steps.wakeFleet({ pool: input.pool, id: own.id })
    await whileCopied(own, input, own.untilLeft())
  } catch (error) {
    if (!isCancellation(error)) {
      await CancellationScope.nonCancellable(() => steps.forgetFiles({ input, id: own.id }))
      throw error
    }
    await CancellationScope.nonCancellable(() => steps.removeJobs({ input, id: own.id }))
    own.enter('removed', {})
  }
  return CancellationScope.nonCancellable(async () => {
    const counts = await steps.tally({ input, id: own.id })
    await steps.forgetFiles({ input, id: own.id })
    own.enter(own.view.state === 'removed' ? 'removed' : 'done', { counts })
    return { id: own.id, clusters: own.view.clusters, counts }
  })
}

class Submission {
  /** What the jobs are stamped with: this run of this submission, and no other. */
  readonly id: string
  view: SubmissionView
  #left = false

  constructor(input: SubmissionInput) {
    const { workflowId, firstExecutionRunId } = workflowInfo()
    this.id = stampOf(workflowId, firstExecutionRunId)
    this.view = {
      id: this.id,
      state: 'validating',
      clusters: [],
      choices: [],
      copies: [],
      counts: noJobs,
      warnings: [],
      holdReasons: [],
      since: Date.now(),
    }
    setHandler(submissionView, () => this.view)
    setHandler(submissionObserved, (seen) => this.#observe(seen))
    setHandler(
      whenSubmitted,
      async () => {
        await condition(() => ['queued', 'done', 'removed'].includes(this.view.state))
        return this.view
      },
      // a submission that fails first says why in its result
      { unfinishedPolicy: HandlerUnfinishedPolicy.ABANDON },
    )
    setCurrentDetails(describeSubmission(this.view, input))
    this.#input = input
  }

  readonly #input: SubmissionInput

  /** What has become known, without a change of state. */
  tell(known: Partial<SubmissionView>): void {
    this.view = { ...this.view, ...known }
    setCurrentDetails(describeSubmission(this.view, this.#input))
  }

  enter(state: SubmissionState, known: Partial<SubmissionView>): void {
    this.tell({ ...known, state, since: Date.now() })
    upsertSearchAttributes([{ key: searchAttributes.state, value: state }])
  }

  async untilLeft(): Promise<void> {
    await condition(() => this.#left)
  }

  #observe({ counts, holdReasons, left }: SubmissionObservation): void {
    this.view = { ...this.view, counts, holdReasons }
    setCurrentDetails(describeSubmission(this.view, this.#input))
    if (left && this.view.state === 'queued') this.#left = true
  }
}
