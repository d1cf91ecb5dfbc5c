import { Context } from '@temporalio/activity'
import { accountOf } from '#htcondor/account.ts'
import { CondorError } from '#htcondor/condor-error.ts'
import { removeFilesAs } from '#htcondor/remove-files-as.ts'

/**
 * Removes copies of credentials with the rights of whom they were kept for. An account that is gone has nothing left that could be removed
 * with its rights, and must not hinder the others.
 *
 * @returns those that were there
 */
export async function removeKept(user: string, credentials: readonly string[]): Promise<string[]> {
  const signal = Context.current().cancellationSignal
  try {
    return await removeFilesAs(await accountOf(user, signal), credentials, { signal })
  } catch (error) {
    if (!(error instanceof CondorError) || error.code !== 'not-found') throw error
    Context.current().log.warn('copies of credentials are not removed', { user, error })
    return []
  }
}
