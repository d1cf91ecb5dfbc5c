import { Context } from '@temporalio/activity'
import { deleteCredential } from '#clouds/application-credentials.ts'
import { patience } from '#clouds/cloud-problem.ts'
import type { CredentialRotationInput } from '#contract/credential-rotation.ts'
import { accountOf } from '#htcondor/account.ts'
import { removeFilesAs } from '#htcondor/remove-files-as.ts'
import { withCredential } from '#secrets/with-credential.ts'

/** Deletes what a person has lent for one rotation, and the file that it is in. It ends by itself if the cloud does not answer. */
export async function forgetOwner({ owner, cloud }: CredentialRotationInput): Promise<void> {
  if (owner === 'site') return
  const { cancellationSignal: signal } = Context.current()
  await withCredential(
    owner,
    async (connection) => {
      const { applicationCredential } = await connection.identity.whoami({ signal })
      if (applicationCredential !== undefined) await deleteCredential(connection, applicationCredential.id, { signal })
    },
    patience,
  ).catch((error: unknown) => Context.current().log.warn('what was lent ends by itself', { cloud, error }))
  const account = owner.user === undefined ? 'self' : await accountOf(owner.user)
  await removeFilesAs(account, [owner.file], { signal })
}
