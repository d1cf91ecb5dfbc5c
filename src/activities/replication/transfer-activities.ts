import { Context } from '@temporalio/activity'
import type { Deps } from '#activities/deps.ts'
import { replicationMemo, type Copy, type ImageReplicationInput } from '#contract/image-replication.ts'
import { accountOf } from '#htcondor/account.ts'
import { removeFilesAs } from '#htcondor/remove-files-as.ts'
import { clearCutReplications } from './cut-replications.ts'
import { fetchImage, type Fetch } from './fetch-image.ts'
import { Pairs, type Pace } from './pairs.ts'
import { sendCopy } from './send-copy.ts'
import { Staging } from './staging.ts'
import type { Request } from './target.ts'

export type TransferActivities = ReturnType<typeof createTransferActivities>

/** What moves whole images. Not among the calls to a cloud: hours of copying would leave no place for them. */
export function createTransferActivities(deps: Deps) {
  const pairs = new Pairs(deps.config.replication)

  /** Whatever a cancelled transfer fails with, it was cancelled. */
  const transfer = async <T>({ from, to }: ImageReplicationInput, way: string, work: (pace: Pace) => Promise<T>) => {
    const signal = Context.current().cancellationSignal
    try {
      return await pairs.run(`${from.cloud} ${to.cloud}`, way, signal, work)
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    }
  }

  return {
    fetchImage: (request: Fetch): Promise<void> =>
      transfer(request.input, 'fetch', (pace) => fetchImage(deps, request, pace)),

    sendCopy: (request: Request & { copy: Copy }): Promise<Copy> =>
      transfer(request.input, 'send', (pace) => sendCopy(deps, request, pace)),

    clearCutReplications: (): Promise<string[]> => clearCutReplications(deps),

    forgetData: (input: ImageReplicationInput): Promise<void> => Staging.of(deps.config.stateFolder, input).remove(),

    /** The copies of the user's credentials that were kept for it. */
    async forgetCredentials(input: ImageReplicationInput): Promise<void> {
      const { user, credentials } = replicationMemo(input)
      await removeFilesAs(await accountOf(user), credentials, { signal: Context.current().cancellationSignal })
    },
  }
}
