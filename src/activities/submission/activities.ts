import { Context } from '@temporalio/activity'
import type { Deps } from '#activities/deps.ts'
import { wakeFleet } from '#activities/fleet/tell-fleet.ts'
import { imageSharingType, type ImageSharingResult } from '#contract/image-sharing.ts'
import { imageSharingStart } from '#contract/starts.ts'
import type { CloudChoice, Cluster, JobCounts, SubmissionInput } from '#contract/submission.ts'
import { checkCertificate, type Certificate } from './certificate.ts'
import { readSubmitFile, type ReadFile } from './read-file.ts'
import { renderSubmission } from './render.ts'
import { resolveChoices } from './resolve.ts'

export type SubmissionActivities = ReturnType<typeof createSubmissionActivities>

export function createSubmissionActivities(deps: Deps) {
  const { client, condor } = deps
  return {
    /** Reads the file again, as its user, and looks for everything that is wrong with it. */
    readSubmitFile: (input: SubmissionInput): Promise<ReadFile> => readSubmitFile(deps, input),

    /** On which clouds the submission's VMs may run: where the user has the image and the flavor exists. */
    resolveChoices: ({ input, file }: { input: SubmissionInput; file: ReadFile }): Promise<CloudChoice[]> =>
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

    checkCertificate: ({ input, file }: { input: SubmissionInput; file: ReadFile }): Promise<Certificate> =>
      checkCertificate(input, file),

    /** Writes the file as HTCondor shall get it into the user's state folder. */
    renderSubmission: (request: {
      input: SubmissionInput
      id: string
      choices: CloudChoice[]
      proxy: string | undefined
    }): Promise<string> => renderSubmission(deps, request),

    /** The jobs in the queue, once, whatever happened to an earlier attempt. */
    async submitOnce({ input, id, rendered }: { input: SubmissionInput; id: string; rendered: string }): Promise<Cluster[]> {
      const { clusters } = await condor.submitOnce(
        { account: input.account, submission: id, file: rendered, directory: input.directory },
        { signal: Context.current().cancellationSignal },
      )
      return clusters
    },

    async wakeFleet({ pool, id }: { pool: string; id: string }): Promise<void> {
      await wakeFleet(client, pool, { source: `submission/${id}`, at: Date.now() })
    },

    /** Takes the submission's jobs out of the queue; those that have left stay as they ended. */
    async removeJobs({ input, id }: { input: SubmissionInput; id: string }): Promise<void> {
      await condor.removeSubmission(input.account, id)
    },

    /** How each job ended, as the schedd's history has it. */
    tally: ({ id }: { input: SubmissionInput; id: string }): Promise<JobCounts> =>
      condor.tally(id, { signal: Context.current().cancellationSignal }),
  }
}
