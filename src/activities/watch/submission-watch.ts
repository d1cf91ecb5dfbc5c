import { WorkflowNotFoundError } from '@temporalio/client'
import type { Deps } from '#activities/deps.ts'
import { submissionsQuery } from '#contract/lists.ts'
import { attribute } from '#contract/search-attributes.ts'
import { countsOf } from '#htcondor/job-counts.ts'
import { accountOf } from '#htcondor/account.ts'
import { removeDuplicates } from '#htcondor/submit-once.ts'
import { countsBySubmission, type SubmissionCounts } from '#htcondor/submission-counts.ts'
import type { QueueTotals } from '#htcondor/totals.ts'
import { noJobs, stampOf, submissionObserved, type SubmissionObservation } from '#contract/submission.ts'

/** Sums over the whole queue hide a job that ended while another began: the full look is made this often anyway, ms. */
const fullLookEvery = 10_000
const looksBeforeLeft = 2
/** Jobs may be on hold at their user's wish for days: late arrivals are searched for this often, ms. */
const searchAgainMs = 60_000
/** What was told is told again after this long if the submission still runs: it may have missed it. */
const repeatAfterMs = 30_000

/** Tells submissions when what their jobs do changes in kind: first running, some held, none left. */
export class SubmissionWatch {
  readonly #deps: Deps
  #lastTotals = ''
  #lastLook = 0
  readonly #absences = new Map<string, number>()
  /** Owner and stamp of each one's jobs. */
  readonly #keys = new Map<string, string>()
  /** When late arrivals of a submission were last searched for. */
  readonly #searched = new Map<string, number>()
  readonly #told = new Map<string, { kind: string; at: number }>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async look(totals: QueueTotals, at: number, signal: AbortSignal): Promise<void> {
    const now = JSON.stringify(totals)
    const unsure = [...this.#absences.values()].some((count) => count < looksBeforeLeft)
    if (now === this.#lastTotals && at - this.#lastLook < fullLookEvery && !unsure) return
    this.#lastTotals = now
    this.#lastLook = at
    const queued = await this.#queued()
    if (queued.length === 0) return
    const seen = new Map(
      (await countsBySubmission(this.#deps.condor, { signal })).map((one) => [`${one.owner} ${one.submission}`, one]),
    )
    for (const workflowId of queued) {
      const found = seen.get(this.#keys.get(workflowId) ?? '')
      if (found !== undefined && found.submittedOnHold > 0)
        await this.#removeLateArrivals(workflowId, found, at, signal)
      const absences = found === undefined ? (this.#absences.get(workflowId) ?? 0) + 1 : 0
      if (absences === 0) this.#absences.delete(workflowId)
      else this.#absences.set(workflowId, absences)
      if (found === undefined && absences < looksBeforeLeft) continue
      await this.#tell(workflowId, {
        at,
        counts: found === undefined ? noJobs : countsOf(found),
        holdReasons: (found?.holdReasons ?? []).map(({ reason }) => reason),
        left: found === undefined,
      })
    }
    const running = new Set(queued)
    for (const known of [this.#absences, this.#told, this.#keys, this.#searched]) {
      for (const key of known.keys()) if (!running.has(key)) known.delete(key)
    }
  }

  /** Workflow ids of the submissions whose jobs are in the queue, as far as anybody knows. */
  async #queued(): Promise<string[]> {
    const { client, config } = this.#deps
    const ids: string[] = []
    for await (const listed of client.workflow.list({ query: submissionsQuery(config.pool) })) {
      if (attribute(listed.typedSearchAttributes, 'state') !== 'queued') continue
      ids.push(listed.workflowId)
      const owner = attribute(listed.typedSearchAttributes, 'user') ?? ''
      this.#keys.set(listed.workflowId, `${owner} ${stampOf(listed.workflowId, listed.raw.firstRunId || listed.runId)}`)
    }
    return ids
  }

  /** A killed call of condor_submit may have committed after all: what arrives beside the kept jobs stays on hold, and goes. */
  async #removeLateArrivals(
    workflowId: string,
    { owner, submission }: SubmissionCounts,
    at: number,
    signal: AbortSignal,
  ): Promise<void> {
    if (at - (this.#searched.get(workflowId) ?? 0) < searchAgainMs) return
    this.#searched.set(workflowId, at)
    await removeDuplicates(this.#deps.condor, { as: await accountOf(owner), submission, signal })
  }

  async #tell(workflowId: string, observation: SubmissionObservation): Promise<void> {
    const kind = kindOf(observation)
    const last = this.#told.get(workflowId)
    if (last?.kind === kind && (!observation.left || observation.at - last.at < repeatAfterMs)) return
    this.#told.set(workflowId, { kind, at: observation.at })
    await this.#deps.client.workflow
      .getHandle(workflowId)
      .signal(submissionObserved, observation)
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error
      })
  }
}

function kindOf({ counts, left, holdReasons }: SubmissionObservation): string {
  if (left) return 'left'
  const present = (count: number) => (count > 0 ? 1 : 0)
  return `${present(counts.running)}${present(counts.held)}${present(counts.idle)} ${holdReasons.join()}`
}
