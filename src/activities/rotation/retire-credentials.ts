import { Context } from '@temporalio/activity'
import { OpenStack } from 'openstack-ts'
import type { Deps } from '#activities/deps.ts'
import { deleteCredential } from '#clouds/application-credentials.ts'
import { cloudProblem, patience } from '#clouds/cloud-problem.ts'
import { currentCredential } from '#clouds/clouds-file.ts'
import type {
  CredentialRotationInput,
  CredentialRotationResult,
  MadeCredential,
} from '#contract/credential-rotation.ts'
import { obsolete } from '#domain/rotation/obsolete.ts'
import { withOwner } from './owner.ts'
import { requireOwnership } from './ownership.ts'

export interface RetireRequest {
  input: CredentialRotationInput
  made: MadeCredential
}

type Retired = Pick<CredentialRotationResult, 'deleted' | 'putBack'>

/**
 * Deletes the credential that was replaced, and what earlier rotations have left. Not before what clouds.yaml has now has logged in once
 * more: there is always one that works.
 */
export async function retireCredentials(deps: Deps, { input, made }: RetireRequest): Promise<Retired> {
  const { config } = deps
  const { cloud } = input
  const options = { signal: Context.current().cancellationSignal }
  const { config: entry } = currentCredential(config, cloud)
  const current = await idInUse(entry, cloud, options)
  return withOwner(deps, input, async (owner) => {
    const { listed, own } = await requireOwnership(deps, cloud, owner, options)
    const { controlPlane } = config
    const standing = { controlPlane, cloud, current, made: made.id, replaced: made.replaces, owner: own }
    const deleted: string[] = []
    for (const { id, name } of obsolete(listed, standing)) {
      await deleteCredential(owner, id, options)
      deleted.push(name)
    }
    return { deleted, ...(current === made.replaces ? { putBack: true } : {}) }
  })
}

/** Logs in anew: a token that was had before proves nothing. */
async function idInUse(
  entry: Parameters<typeof OpenStack.connect>[0],
  cloud: string,
  options: { signal: AbortSignal },
): Promise<string> {
  await using connection = OpenStack.connect(entry, { userAgent: 'canfar-batch', env: process.env, ...patience })
  try {
    return (await connection.identity.whoami(options)).applicationCredential?.id ?? ''
  } catch (error) {
    throw cloudProblem(error, cloud, 'site')
  }
}
