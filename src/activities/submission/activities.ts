import { Context } from '@temporalio/activity'
import type { Deps } from '#activities/deps.ts'
import { untilDone } from '#activities/failure.ts'
import { wakeFleet } from '#activities/fleet/tell-fleet.ts'
import { imageSharingType, type ImageSharingResult } from '#contract/image-sharing.ts'
import { imageSharingStart } from '#contract/starts.ts'
import { historyBySubmission } from '#htcondor/history.ts'
import { giveImages } from '#htcondor/give-images.ts'
import { submitOnce } from '#htcondor/submit-once.ts'
import {
  noJobs,
  submissionMemo,
  type CloudChoice,
  type CloudCopy,
  type Cluster,
  type JobCounts,
  type SubmissionInput,
} from '#contract/submission.ts'
import { byCloud } from '#domain/submit/render-options.ts'
import { cloudList } from '#domain/submit/stamp.ts'
import { findProxy, type Proxy } from '#secrets/proxy-certificate.ts'
import { CutSubmissions, removeOwnFiles } from './own-files.ts'
import { readSubmitFile, type ReadFile } from './read-file.ts'
import { removeJobs } from './remove-jobs.ts'
import { renderSubmission, type Rendered } from './render.ts'
import { resolveChoices, type Resolved } from './resolve.ts'
import { wantCopy, type CopyRequest } from './want-copy.ts'

export type SubmissionActivities = ReturnType<typeof createSubmissionActivities>

export function createSubmissionActivities(deps: Deps) {
  const { client, condor } = deps
  const cut = new CutSubmissions(deps)
  return {
    /** Reads the file again, as its user, and looks for everything that is wrong with it. */
    readSubmitFile: (input: SubmissionInput): Promise<ReadFile> => readSubmitFile(deps, input),

    /** On which clouds the submission's VMs may run: where the user has the image, or will have it, and the flavor exists. */
    resolveChoices: ({ input, file }: { input: SubmissionInput; file: ReadFile }): Promise<Resolved> =>
      resolveChoices(deps, input, file),

    /** Waits for the sharing of one image, which all submissions that need it share. */
    async shareImage({ pool, choice }: { pool: string; choice: CloudChoice }): Promise<ImageSharingResult> {
      const project = await deps.clouds.batch(choice.cloud).projectId()
      const start = imageSharingStart(
        { pool, cloud: choice.cloud, image: choice.image, project, owner: choice.credential },
        choice.credential.user ?? '',
      )
      const handle = await client.workflow.start(imageSharingType, start)
      return handle.result() as Promise<ImageSharingResult>
    },

    checkCertificate: ({ input, file }: { input: SubmissionInput; file: ReadFile }): Promise<Proxy> =>
      findProxy(input.account, input.directory, input.proxy ?? file.proxy),

    /** Writes the file as HTCondor shall get it into the user's state folder. */
    renderSubmission: (request: {
      input: SubmissionInput
      id: string
      choices: CloudChoice[]
      copies: CloudCopy[]
      proxy: string | undefined
    }): Promise<Rendered> => renderSubmission(deps, request),

    /** The jobs in the queue, once, whatever happened to an earlier attempt. */
    async submitOnce({
      input,
      id,
      rendered,
    }: {
      input: SubmissionInput
      id: string
      rendered: Rendered
    }): Promise<Cluster[]> {
      const { clusters } = await submitOnce(condor, {
        as: input.account,
        submission: id,
        file: rendered.file,
        directory: input.directory,
        factory: rendered.factory,
        since: input.since,
        signal: Context.current().cancellationSignal,
      })
      return clusters.map(({ id: cluster, procs }) => ({ id: cluster, jobs: procs }))
    },

    /** Has the image copied to a cloud that lacks it; the submission is told by `copyEnded`. */
    wantCopy: (request: CopyRequest): Promise<void> => untilDone(() => wantCopy(deps, request)),

    /** Lets the jobs that are in the queue run on all these clouds. */
    giveImages: ({
      input,
      id,
      choices,
    }: {
      input: SubmissionInput
      id: string
      choices: CloudChoice[]
    }): Promise<void> =>
      untilDone(() =>
        giveImages(condor, {
          as: input.account,
          submission: id,
          images: cloudList(byCloud(choices, ({ image }) => image.id)),
          signal: Context.current().cancellationSignal,
        }),
      ),

    async wakeFleet({ pool, id }: { pool: string; id: string }): Promise<void> {
      await wakeFleet(client, pool, { source: `submission/${id}`, at: Date.now() })
    },

    /** Takes the submission's jobs out of the queue; those that have left stay as they ended. */
    removeJobs: ({ input, id }: { input: SubmissionInput; id: string }): Promise<void> =>
      removeJobs(condor, input.account, id),

    /** Removes what was kept for the submission in the user's state folder: nothing of it is needed any more. */
    async forgetFiles({ input, id }: { input: SubmissionInput; id: string }): Promise<void> {
      await removeOwnFiles(submissionMemo(input), id)
    },

    /** The same for submissions that were ended from outside. */
    clearCutSubmissions: (): Promise<string[]> => cut.clear(),

    /** How each job ended, as the schedd's history has it. */
    async tally({ input, id }: { input: SubmissionInput; id: string }): Promise<JobCounts> {
      const signal = Context.current().cancellationSignal
      const ended = await historyBySubmission(condor, { submissions: [id], since: input.since, signal })
      const own = ended.find(({ owner }) => owner === input.account.user)
      return { ...noJobs, completed: own?.completed ?? 0, failed: own?.failed ?? 0, removed: own?.removed ?? 0 }
    },
  }
}
