import { join } from 'node:path'
import { Context } from '@temporalio/activity'
import type { Deps } from '#activities/deps.ts'
import { cutQuery } from '#contract/lists.ts'
import { attribute } from '#contract/search-attributes.ts'
import { stampOf, submissionType, type SubmissionMemo } from '#contract/submission.ts'
import { removeFilesAs } from '#htcondor/remove-files-as.ts'
import { countsBySubmission } from '#htcondor/submission-counts.ts'

/** The file as HTCondor gets it, in the user's state folder. */
export const renderedFile = (stateFolder: string, id: string): string => join(stateFolder, 'submissions', `${id}.sub`)

/** Removes what was kept for a submission: the rendered file and the copies of the user's credentials. */
export async function removeOwnFiles(
  { account, stateFolder, credentials }: SubmissionMemo,
  id: string,
): Promise<string[]> {
  const signal = Context.current().cancellationSignal
  return removeFilesAs(account, [renderedFile(stateFolder, id), ...credentials], { signal })
}

/** How long submissions that were ended from outside are looked after, ms. */
const lookBack = 24 * 3_600_000

/** Does for submissions that were ended from outside, in the web UI for instance, what they would have done at their end. */
export class CutSubmissions {
  readonly #deps: Deps
  readonly #cleared = new Set<string>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** @returns the files that were removed */
  async clear(): Promise<string[]> {
    const { config, client } = this.#deps
    const removed: string[] = []
    const query = cutQuery(submissionType, config.pool, new Date(Date.now() - lookBack))
    for await (const cut of client.workflow.list({ query })) {
      const memo = cut.memo?.['submission'] as SubmissionMemo | undefined
      if (memo === undefined || this.#cleared.has(cut.runId)) continue
      const id = stampOf(cut.workflowId, cut.runId)
      if (attribute(cut.typedSearchAttributes, 'state') === 'submitting') await this.#alarmOfStranded(id)
      removed.push(...(await removeOwnFiles(memo, id)))
      this.#cleared.add(cut.runId)
    }
    return removed
  }

  /** Whether whoever ended it wanted its jobs to run or to go, only they know. */
  async #alarmOfStranded(id: string): Promise<void> {
    const counts = await countsBySubmission(this.#deps.condor, { submissions: [id] })
    const stranded = counts.reduce((sum, { submittedOnHold }) => sum + submittedOnHold, 0)
    if (stranded === 0) return
    const which = `'CanfarSubmission == "${id}"'`
    const note = `${stranded} jobs were left on hold: condor_release -constraint ${which} lets them run, condor_rm removes them`
    Context.current().log.error('alarm: StrandedJobs', { alarm: 'StrandedJobs', subject: id, note })
  }
}
